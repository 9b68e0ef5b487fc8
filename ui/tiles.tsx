import {
  type Component,
  createEffect,
  createResource,
  createRoot,
  createSignal,
  ErrorBoundary,
  For,
  getOwner,
  lazy,
  onCleanup,
  onMount,
  Show,
  Suspense,
} from 'solid-js'
import { Dynamic } from 'solid-js/web'
import type { ServiceView } from '../core/views.ts'
import { call } from './client.ts'
import { act } from './kit/Act.tsx'
import { Button, LinkButton } from './kit/Button.tsx'
import { Containers } from './kit/Containers.tsx'
import { waitsFor } from './kit/leases.ts'
import { Notice } from './kit/Notice.tsx'
import { Figure, Figures, StateReason, Tile } from './kit/Tile.tsx'

/** What a kind's ui/Tile.tsx exports by default. */
export type TileComponent = Component<{ service: ServiceView; isDetailed?: boolean }>

/** What a prebuilt tile of a kind from outside the tree exports by default; returns its end. */
export type ForeignTile = (
  element: HTMLElement,
  tools: {
    service: ServiceView
    /** Calls back with the service now and at each change; returns how to leave. */
    live(listener: (service: ServiceView) => void): () => void
    call: typeof call
  },
) => undefined | (() => void)

const own = Object.fromEntries(
  Object.entries(import.meta.glob<{ default: TileComponent }>('../plugins/*/ui/Tile.tsx')).map(
    ([path, load]) => [path.split('/')[2] ?? '', lazy(load)],
  ),
)

/** The tile of a service: its kind's own, a prebuilt one, or the generic one from data. */
export function ServiceTile(props: { service: ServiceView; isDetailed?: boolean }) {
  const generic = () => <GenericTile {...props} />
  return (
    <ErrorBoundary fallback={generic}>
      <Suspense fallback={generic()}>
        <Show when={own[props.service.kind]} fallback={<MaybeForeignTile {...props} />}>
          {(tile) => (
            <Dynamic
              component={tile()}
              service={props.service}
              {...(props.isDetailed && { isDetailed: true })}
            />
          )}
        </Show>
      </Suspense>
    </ErrorBoundary>
  )
}

/** A tile from data alone: state, figures, links and actions. */
export function GenericTile(props: { service: ServiceView; isDetailed?: boolean }) {
  const known = () =>
    props.service.tile.figures.filter(({ key }) => props.service.figures[key] !== undefined)
  return (
    <Tile service={props.service} actions={<TileActions service={props.service} />}>
      <StateReason service={props.service} />
      <Show when={known().length > 0 || props.service.admission}>
        <Figures>
          <Show when={props.service.admission}>
            <Figure label="At work on" value={String(props.service.in_flight)} />
          </Show>
          <For each={known()}>
            {({ key, label, unit }) => (
              <Figure label={label} value={props.service.figures[key]} {...(unit && { unit })} />
            )}
          </For>
        </Figures>
      </Show>
      <Show when={props.service.figures.last_error}>
        {(message) => (
          <Notice tone="warn" title="The last request failed.">
            <p>{message()}</p>
          </Notice>
        )}
      </Show>
      <Show when={props.service.models.length > 0}>
        <p class="small">
          Serves <code>{props.service.models.join(', ')}</code>
        </p>
      </Show>
      <Show when={props.service.has_containers && !props.isDetailed}>
        <Containers service={props.service} />
      </Show>
    </Tile>
  )
}

/** The links and actions of a service as its kind lists them. */
export function TileActions(props: { service: ServiceView }) {
  const run = (name: string, label: string) =>
    act({
      route: `POST /api/services/${encodeURIComponent(props.service.id)}/actions/${encodeURIComponent(name)}`,
      done: `${label}: done.`,
    })
  return (
    <>
      <For each={props.service.tile.actions}>
        {({ name, label }) => (
          <Button waits={waitsFor(props.service.id)} onClick={() => run(name, label)}>
            {label}
          </Button>
        )}
      </For>
      <For each={props.service.tile.links}>
        {({ label, href }) => (
          <LinkButton look="quiet" href={href}>
            {label}
          </LinkButton>
        )}
      </For>
      <Show when={props.service.has_logs}>
        <LinkButton
          look="quiet"
          href={`/services/${props.service.id}`}
          label={`Logs of ${props.service.title}`}
        >
          Logs
        </LinkButton>
      </Show>
    </>
  )
}

function MaybeForeignTile(props: { service: ServiceView; isDetailed?: boolean }) {
  const [module] = createResource(
    () => props.service.tile.module,
    (url) =>
      (import(/* @vite-ignore */ url) as Promise<{ default?: ForeignTile }>).catch(() => undefined),
  )
  return (
    <Show when={module()?.default} fallback={<GenericTile {...props} />}>
      {(mount) => <ForeignFrame service={props.service} mount={mount()} />}
    </Show>
  )
}

function ForeignFrame(props: { service: ServiceView; mount: ForeignTile }) {
  const [isBroken, setIsBroken] = createSignal(false)
  let element: HTMLDivElement | undefined
  onMount(() => {
    if (!element) return
    try {
      const dispose = props.mount(element, { service: copy(props.service), live: follow, call })
      if (dispose) onCleanup(dispose)
    } catch {
      // Its own fault must not cost the page; the generic tile stands in.
      setIsBroken(true)
    }
  })
  const owner = getOwner()
  const follow = (listener: (service: ServiceView) => void) =>
    createRoot((leave) => {
      createEffect(() => listener(copy(props.service)))
      return leave
    }, owner)
  return (
    <Show when={!isBroken()} fallback={<GenericTile service={props.service} />}>
      <Tile service={props.service} actions={<TileActions service={props.service} />}>
        <div ref={element} />
      </Tile>
    </Show>
  )
}

/** A plain value: what comes from outside must not write into the store. */
const copy = (service: ServiceView): ServiceView => JSON.parse(JSON.stringify(service))
