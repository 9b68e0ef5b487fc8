import type { ContainerView, Health } from '#core'

type Facts = Pick<ContainerView, 'name' | 'state' | 'exit_code' | 'error'>

/** Exit statuses of a container that was told to stop. */
const TOLD_TO = new Set([0, 137, 143])

/**
 * What a refused connection means, by the container of the server: stopped on purpose, ended by itself,
 * or running and still loading its model, since its port opens only then. Undefined where docker could
 * not be asked.
 */
export function judgeContainer({ name, state, exit_code, error }: Facts): Health | undefined {
  if (error) return undefined
  switch (state) {
    case 'absent':
      return { state: 'down', reason: `there is no container "${name}"` }
    case 'restarting':
      return {
        state: 'down',
        reason: `${name} ends again and again, and is started anew each time`,
      }
    case 'paused':
      return { state: 'idle', reason: `${name} is paused` }
    case 'stopped':
      return exit_code === null || TOLD_TO.has(exit_code)
        ? { state: 'idle', reason: `${name} is stopped` }
        : { state: 'down', reason: `${name} has ended with exit status ${exit_code}` }
    case 'running':
      return { state: 'starting', reason: `${name} runs and is loading its model` }
    default:
      return undefined
  }
}
