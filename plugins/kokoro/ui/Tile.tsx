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

/** Text to speech: what it speaks now, how fast, its last error, its container. */
export default function SpeechTile(props: { service: ServiceView; isDetailed?: boolean }) {
  const figure = (key: string) => {
    const value = props.service.figures[key]
    return typeof value === 'number' ? value : undefined
  }
  const speed = () => {
    const factor = figure('realtime_factor')
    return factor === undefined || factor <= 0
      ? null
      : `${formatNumber(Math.round(10 / factor) / 10)} ×`
  }
  const isThere = () => props.service.state === 'up' || props.service.state === 'busy'
  return (
    <Tile
      service={props.service}
      actions={
        <>
          <Show when={isThere()}>
            <LinkButton look="primary" href="/speak">
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
      <Hero>{isThere() ? 'Reads texts aloud' : 'Not speaking'}</Hero>
      <StateReason service={props.service} />
      <Figures>
        <Figure label="Speaking now" value={String(props.service.in_flight)} />
        <Show when={props.service.admission}>
          {(line) => <Figure label="Waiting" value={String(line().waiting)} />}
        </Show>
        <Show when={speed()}>
          {(times) => <Figure label="Speed" value={times()} unit="faster than talking" />}
        </Show>
        <Figure label="Voices" value={figure('voices') ?? null} />
      </Figures>
      <Show when={props.service.figures.last_error}>
        {(message) => (
          <Notice tone="warn" title="The last text could not be spoken.">
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
