import { formatNumber, type ServiceView, WorkerTile } from '#ui'

/** Speech to text: what it listens to now, how fast, its last error, every container behind it. */
export default function ListeningTile(props: { service: ServiceView; isDetailed?: boolean }) {
  const figures = () => {
    const { real_time_factor: factor } = props.service.figures
    if (typeof factor !== 'number') return []
    return [{ label: 'Speed', value: `${formatNumber(factor)} ×`, unit: 'faster than talking' }]
  }
  return (
    <WorkerTile
      service={props.service}
      isDetailed={props.isDetailed}
      does="Writes down what is said"
      rests="Not listening"
      working="Listening now"
      figures={figures()}
      failed="The last recording could not be written down."
      page={`/transcribe?service=${props.service.id}`}
    />
  )
}
