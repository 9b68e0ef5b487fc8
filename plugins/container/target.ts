import { ControlError, type Service, type UpdateTarget } from '#core'
import type { Settings } from './settings.ts'

/** What is updated. Throws CONTAINER_WITHOUT_SOURCE where its settings say no source. */
export function targetOf({ id, host, settings }: Service<Settings>): UpdateTarget {
  const { container, update, manage } = settings
  if (!manage) throw new ControlError('SERVICE_UNMANAGED', `${id} is watched only (manage: false)`)
  if (update) return { host, container, source: update }
  throw new ControlError('CONTAINER_WITHOUT_SOURCE', `${id} says nothing of its source`, {
    hint: 'add update: with directory, so that it can be updated from here',
    status: 409,
  })
}
