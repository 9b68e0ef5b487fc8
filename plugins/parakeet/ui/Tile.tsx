import { Show } from 'solid-js'
import {
  Containers,
  Figure,
  Figures,
  formatNumber,
  Hero,
  LinkButton,
  Notice,
  type ServiceView,
  StateReason,
  Tile,
} from '#ui'

/** Speech to text: what it listens to now, how fast, its last error, every container behind it. */
export default function ListeningTile(props: { service: ServiceView; isDetailed?: boolean }) {
  const isThere = () => props.service.state === 'up' || props.service.state === 'busy'
  const speed = () => {
    const factor = props.service.figures.real_time_factor
    return typeof factor === 'number' ? `${formatNumber(factor)} ×` : undefined
  }
  return (
    <Tile
      service={props.service}
      actions={
        <>
          <Show when={isThere()}>
            <LinkButton look="primary" href={`/transcribe?service=${props.service.id}`}>
              Try it
            </LinkButton>
          </Show>
          <Show when={!props.isDetailed}>
            <LinkButton
              look="quiet"
              href={`/services/${props.service.id}`}
              label={`More about ${props.service.id}`}
            >
              More
            </LinkButton>
          </Show>
        </>
      }
    >
      <Hero>{isThere() ? 'Writes down what is said' : 'Not listening'}</Hero>
      <StateReason service={props.service} />
      <Figures>
        <Figure label="Listening now" value={String(props.service.in_flight)} />
        <Show when={props.service.admission}>
          {(line) => <Figure label="Waiting" value={String(line().waiting)} />}
        </Show>
        <Show when={speed()}>
          {(times) => <Figure label="Speed" value={times()} unit="faster than talking" />}
        </Show>
      </Figures>
      <Show when={props.service.figures.last_error}>
        {(message) => (
          <Notice tone="warn" title="The last recording could not be written down.">
            <p>{message()}</p>
          </Notice>
        )}
      </Show>
      <Show when={props.service.has_containers && !props.isDetailed}>
        <Containers service={props.service} />
      </Show>
    </Tile>
  )
}
