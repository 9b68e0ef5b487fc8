import { ControlError } from '../errors.ts'
import type { Health } from '../plugin.ts'
import type { ContainerView } from './container-view.ts'

/** What being stopped on purpose looks like: an own end, SIGKILL, SIGTERM. */
const STOPPED = new Set([0, 137, 143])

/** What a container's state says of its service. Throws where the host could not be asked. */
export function judgeContainer(container: ContainerView): Health {
  const { name, state, health, exit_code, error } = container
  if (error) throw new ControlError(error.code, error.message)
  if (state === 'absent') return down(`there is no container "${name}"`)
  if (state === 'restarting') return down('it ends again and again, and is started anew each time')
  if (state === 'paused') return { state: 'idle', reason: 'it is paused' }
  if (state === 'stopped')
    return exit_code === null || STOPPED.has(exit_code)
      ? { state: 'idle', reason: 'it is stopped' }
      : down(`it has ended with exit status ${exit_code}`)
  if (health === 'unhealthy') return down('its own health check fails')
  if (health === 'starting') return { state: 'starting', reason: 'its health check has not passed' }
  return { state: 'up' }
}

const down = (reason: string): Health => ({ state: 'down', reason })
