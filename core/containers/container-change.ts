import { type Static, Type } from '@sinclair/typebox'
import { At, Nullable } from '../wire-types.ts'
import type { ContainerEvent } from './container-event.ts'
import { ContainerView } from './container-view.ts'

const State = ContainerView.properties.state

/** A change of a container, or how it stands when it is seen first. */
export const ContainerChange = Type.Object({
  host: Type.String(),
  container: Type.String(),
  /** When the controller learned of it. */
  at: At,
  /** Null: seen for the first time. The same as `to`: it was restarted between two looks. */
  from: Nullable(State),
  to: State,
  /** By the host's clock. */
  started_at: Nullable(At),
  /** How often its restart policy has started it again. */
  restarts: Type.Integer(),
  /** `event`: docker told it as it happened; `look`: found by the next look. */
  seen_by: Type.Union([Type.Literal('event'), Type.Literal('look')]),
})
export type ContainerChange = Static<typeof ContainerChange>

/** Whether two looks differ in what counts as a change. */
export const hasChanged = (before: ContainerView | undefined, now: ContainerView): boolean =>
  before?.state !== now.state || (now.state === 'running' && before.started_at !== now.started_at)

/** How a container stands after an event; undefined where only a look can tell. */
export function afterEvent(
  before: ContainerView,
  event: ContainerEvent,
): ContainerView | undefined {
  const { state, happened_at, exit_code } = event
  if (state === undefined || state === before.state) return undefined
  const view = { ...before, state, health: null, memory_bytes: null, exit_code: null }
  if (state === 'stopped') return { ...view, stopped_at: happened_at, exit_code }
  if (state !== 'running') return view
  // it goes on, where it was only paused
  return before.state === 'paused' ? view : { ...view, started_at: happened_at, stopped_at: null }
}
