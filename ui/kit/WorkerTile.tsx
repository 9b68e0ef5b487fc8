import { For, Show } from 'solid-js'
import type { ServiceView } from '../../core/views.ts'
import { LinkButton } from './Button.tsx'
import { Containers } from './Containers.tsx'
import { Notice } from './Notice.tsx'
import { Figure, Figures, Hero, StateReason, Tile } from './Tile.tsx'

/**
 * The tile of a server that does one thing, and has a page to try it: how it does, what it works on,
 * what waits, its last error, its containers.
 */
export function WorkerTile(props: {
  service: ServiceView
  isDetailed?: boolean | undefined
  /** What it does, and what to say while it does not. */
  does: string
  rests: string
  /** What it is called to be at work: `Speaking now`. */
  working: string
  figures: readonly { label: string; value: string | null; unit?: string }[]
  /** What the last error means: `The last text could not be spoken.` */
  failed: string
  /** Where it can be tried. */
  page: string
}) {
  const isThere = () => props.service.state === 'up' || props.service.state === 'busy'
  return (
    <Tile
      service={props.service}
      actions={
        <>
          <Show when={isThere()}>
            <LinkButton look="primary" href={props.page}>
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
      <Hero>{isThere() ? props.does : props.rests}</Hero>
      <StateReason service={props.service} />
      <Figures>
        <Figure label={props.working} value={String(props.service.in_flight)} />
        <Show when={props.service.admission}>
          {(line) => <Figure label="Waiting" value={String(line().waiting)} />}
        </Show>
        <For each={props.figures}>
          {({ label, value, unit }) => (
            <Figure label={label} value={value} {...(unit !== undefined && { unit })} />
          )}
        </For>
      </Figures>
      <Show when={props.service.figures.last_error}>
        {(message) => (
          <Notice tone="warn" title={props.failed}>
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
