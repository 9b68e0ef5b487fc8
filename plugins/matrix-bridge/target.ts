import { ControlError, type Service, type UpdateTarget } from '#core'
import type { Settings } from './settings.ts'

export const TITLE = 'Matrix bot'

/** Whether it has a user to log in as; an empty one says that there is no bot here. */
export const isSetUp = ({ user }: Pick<Service, 'user'>): boolean => user !== ''

/** What is updated. Throws MATRIX_BRIDGE_NOT_SET_UP. */
export function targetOf(service: Service<Settings>): UpdateTarget {
  const { id, settings, host } = service
  const missing = !isSetUp(service) ? 'user' : settings.directory === '' ? 'directory' : undefined
  if (missing)
    throw new ControlError(
      'MATRIX_BRIDGE_NOT_SET_UP',
      `${id} cannot be updated: ${missing} is empty`,
      {
        hint: `set ${missing} of the service in topology.yaml`,
        status: 409,
      },
    )
  return { host, container: settings.container, source: settings }
}
