import { type Command, sh } from '../hosts/sh.ts'
import { type ContainerView, isRunning } from './container-view.ts'

/** What can be done with a container as it is. */
export const CONTAINER_ACTS = ['start', 'stop', 'restart'] as const
export type ContainerAct = (typeof CONTAINER_ACTS)[number]

/** The command; how long it waits before it ends a container by force is the container's own setting. */
export const actCommand = (runtime: string, act: ContainerAct, container: string): Command =>
  act === 'start'
    ? sh`${runtime} start ${container}`
    : act === 'stop'
      ? sh`${runtime} stop ${container}`
      : sh`${runtime} restart ${container}`

/** Whether it already is as the act would leave it. */
export const isNothingToDo = (act: ContainerAct, view: ContainerView): boolean =>
  (act === 'start' && view.state === 'running') || (act === 'stop' && !isRunning(view))

/** Whether the act has had its effect, going by how the container was before. */
export function isDone(act: ContainerAct, before: ContainerView, now: ContainerView): boolean {
  if (act === 'stop') return now.state === 'stopped' || now.state === 'absent'
  return now.state === 'running' && now.started_at !== before.started_at
}
