import { createUniqueId, For, type JSX, Show } from 'solid-js'
import { Dynamic } from 'solid-js/web'
import type { ServiceView } from '../../core/views.ts'
import { ServiceBadge } from './Badge.tsx'
import { count, sentence } from './format.ts'
import { useLevel } from './Layout.tsx'
import { Age } from './Text.tsx'

/** The frame of every tile: whose it is, its state, its content, what can be done. */
export function Tile(props: {
  service: ServiceView
  /** What the service is called where that says more than its kind. */
  title?: string
  isWide?: boolean
  children: JSX.Element
  actions?: JSX.Element
}) {
  const id = createUniqueId()
  const level = useLevel()
  return (
    <article
      class="tile"
      aria-labelledby={id}
      data-wide={props.isWide}
      data-state={props.service.state}
    >
      <header class="tile-head">
        <div>
          <Dynamic component={`h${level}`} id={id} class="tile-title">
            <a href={`/services/${props.service.id}`}>{props.title ?? props.service.title}</a>
          </Dynamic>
          <p class="muted small">
            {props.service.id}
            <Show when={props.service.host}> on {props.service.host}</Show>
          </p>
        </div>
        <ServiceBadge service={props.service} />
      </header>
      <div class="tile-body">
        {props.children}
        <Waiting service={props.service} />
      </div>
      <footer class="tile-foot">
        <div class="row" data-gap="small">
          {props.actions}
        </div>
        <p class="muted tiny">
          Checked <Age at={props.service.checked_at} />
        </p>
      </footer>
    </article>
  )
}

/** How many requests wait for a place, if any do. */
const Waiting = (props: { service: ServiceView }) => (
  <Show when={props.service.admission?.waiting}>
    {(waiting) => (
      <p class="reason" data-state="busy">
        {count(waiting(), 'request waits', 'requests wait')} for a place; it takes{' '}
        {props.service.admission?.concurrency} at a time.
      </p>
    )}
  </Show>
)

/** Why a service is in the state it is in, and when it last was well; nothing where all is well. */
export function StateReason(props: { service: ServiceView }) {
  const isWell = () => props.service.state === 'up'
  return (
    <Show when={!isWell() && (props.service.reason ?? props.service.state === 'unknown')}>
      <p class="reason" data-state={props.service.state}>
        {sentence(props.service.reason ?? 'it has not been reached yet')}
        <Show when={props.service.state === 'unknown' || props.service.state === 'down'}>
          <Show when={props.service.last_seen_at}>
            {' '}
            Last seen working <Age at={props.service.last_seen_at} />.
          </Show>
        </Show>
      </p>
    </Show>
  )
}

/** What a tile is about, in large letters. */
export const Hero = (props: { children: JSX.Element }) => <p class="hero">{props.children}</p>

/** Figures beside each other, each with its name. */
export const Figures = (props: { children: JSX.Element }) => (
  <dl class="figures">{props.children}</dl>
)

/** One figure. `null` stands for what is not known. */
export function Figure(props: { label: string; value: JSX.Element; unit?: string }) {
  return (
    <div class="figure">
      <dt>{props.label}</dt>
      <dd>
        {props.value ?? <span class="muted">not known</span>}
        <Show when={props.unit}>
          <span class="unit"> {props.unit}</span>
        </Show>
      </dd>
    </div>
  )
}

/** Names and values below each other. */
export function Facts(props: { facts: [name: string, value: JSX.Element][] }) {
  return (
    <dl class="facts">
      <For each={props.facts}>
        {([name, value]) => (
          <div>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        )}
      </For>
    </dl>
  )
}
