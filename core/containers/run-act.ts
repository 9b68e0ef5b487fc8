import { ControlError } from '../errors.ts'
import { display } from '../hosts/sh.ts'
import type { Job } from '../jobs/job.ts'
import { awaitUp, lookAtOne, type UpWork } from './await-up.ts'
import { actCommand, type ContainerAct, isDone } from './container-act.ts'
import type { ContainerView } from './container-view.ts'
import { viewOf } from './inspect.ts'
import { runtimeError } from './runtime-error.ts'

/** Long enough for containers that are given minutes to end. */
const COMMAND_TIMEOUT_MS = 10 * 60_000
const STOPPED_WITHIN_MS = 15_000
const POLL_MS = 1_000

export interface ActContext extends UpWork {
  act: ContainerAct
  job: Pick<Job, 'step' | 'phase' | 'line' | 'signal'>
}

const PHASES = { start: 'starting', stop: 'stopping', restart: 'restarting' } as const

/**
 * Does the act and makes sure of it: a stop is one when the container has ended, a start when it
 * runs, is healthy if it has a HEALTHCHECK, and its service answers. Entered again after a kill it
 * looks first. Throws CONTAINER_* and CONTAINERS_*.
 */
export async function runContainerAct(context: ActContext): Promise<{ container: ContainerView }> {
  const { act, job, host, container } = context
  job.phase(PHASES[act])
  const before = await job.step('look', () => lookAtOne(context))
  if (before.state === 'absent') throw absentError(host.id, container)
  await job.step('act', async ({ attempt }) => {
    if (attempt > 1 && isDone(act, before, await lookAtOne(context))) {
      job.line(`${host.id}: it was done already`)
      return
    }
    const command = actCommand(host.spec.container_runtime, act, container)
    job.line(`${host.id}: ${display(command)}`)
    const ran = await host.exec(command, { signal: job.signal, timeoutMs: COMMAND_TIMEOUT_MS })
    if (ran.code === 0) return
    const at = { host: host.id, runtime: host.spec.container_runtime }
    throw runtimeError(at, ran.stderr || ran.stdout)
  })
  if (act === 'stop') await waitUntilStopped(context)
  else await awaitUp(context, before)
  return { container: viewOf(await lookAtOne(context)) }
}

/** That there is no container of this name, with what to do. */
export const absentError = (host: string, container: string): ControlError =>
  new ControlError('CONTAINER_ABSENT', `there is no container "${container}" on ${host}`, {
    hint: 'create it there once (docker compose up -d), or correct its name in topology.yaml',
  })

async function waitUntilStopped(context: ActContext): Promise<void> {
  const { clock, job, host, container } = context
  const since = clock.now()
  for (;;) {
    const now = await lookAtOne(context)
    if (isDone('stop', now, now)) break
    if (clock.now() - since > STOPPED_WITHIN_MS) {
      const { container_runtime: runtime } = host.spec
      throw new ControlError('CONTAINER_NOT_STOPPED', `${container} still runs on ${host.id}`, {
        hint: `on ${host.id}: ${runtime} kill ${container}; if it stays, restart ${runtime} there`,
      })
    }
    await clock.sleep(POLL_MS, job.signal)
  }
  job.line(`${host.id}: ${container} has stopped`)
}
