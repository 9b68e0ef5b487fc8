import { formatNumber, type ServiceView, WorkerTile } from '#ui'

/** Text to speech: what it speaks now, how fast, its last error, its container. */
export default function SpeechTile(props: { service: ServiceView; isDetailed?: boolean }) {
  const figures = () => {
    const { realtime_factor: factor, voices } = props.service.figures
    const hasSpoken = typeof factor === 'number' && factor > 0
    return [
      ...(hasSpoken
        ? [{ label: 'Speed', value: timesOf(factor), unit: 'faster than talking' }]
        : []),
      { label: 'Voices', value: voices === undefined ? null : String(voices) },
    ]
  }
  return (
    <WorkerTile
      service={props.service}
      isDetailed={props.isDetailed}
      does="Reads texts aloud"
      rests="Not speaking"
      working="Speaking now"
      figures={figures()}
      failed="The last text could not be spoken."
      page="/speak"
    />
  )
}

const timesOf = (factor: number): string => `${formatNumber(Math.round(10 / factor) / 10)} ×`
