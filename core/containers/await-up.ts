import { asControlError, ControlError } from '../errors.ts'
import type { Host } from '../hosts/host.ts'
import { sh } from '../hosts/sh.ts'
import type { Job } from '../jobs/job.ts'
import type { Clock, Health } from '../plugin.ts'
import { isDone } from './container-act.ts'
import type { ContainerView } from './container-view.ts'
import { type Inspected, inspectContainers } from './inspect.ts'

const DONE_WITHIN_MS = 15_000
/** What runs this long after its start has not fallen over at once. */
const STEADY_MS = 2_000
const POLL_MS = 1_000
const LOG_TAIL = 30

/** A container a job is about. */
export interface ContainerWork {
  job: Pick<Job, 'phase' | 'line' | 'signal'>
  host: Host
  container: string
  clock: Clock
}

export interface UpWork extends ContainerWork {
  /** One look at the service by its kind; absent: it is enough that the container is well. */
  probe?(signal: AbortSignal): Promise<Health>
  healthyWithinMs?: number
  answersWithinMs?: number
}

/** How the container stands now. */
export async function lookAtOne({ host, container, job }: ContainerWork): Promise<Inspected> {
  const options = { depth: 'state' as const, signal: job.signal }
  const [found] = await inspectContainers(host, [container], options)
  if (!found) throw new ControlError('INTERNAL', `no look at ${container}`)
  return found
}

/**
 * Waits until a container that was told to start runs, is healthy if it has a HEALTHCHECK, and its
 * service answers. Throws CONTAINER_ENDED and CONTAINER_SILENT, with the end of its log.
 */
export async function awaitUp(work: UpWork, before: ContainerView): Promise<void> {
  const started = await waitUntilStarted(work, before)
  await waitUntilHealthy(work, started)
  if (work.probe) await waitForAnswer(work, started, work.probe)
}

async function waitUntilStarted(work: UpWork, before: ContainerView): Promise<ContainerView> {
  const { clock, job } = work
  const since = clock.now()
  for (;;) {
    const now = await lookAtOne(work)
    if (isDone('restart', before, now)) return now
    if (now.state === 'stopped' || clock.now() - since > DONE_WITHIN_MS)
      throw await endedError(work, now)
    await clock.sleep(POLL_MS, job.signal)
  }
}

async function waitUntilHealthy(work: UpWork, started: ContainerView): Promise<void> {
  const { clock, job, healthyWithinMs = 10 * 60_000 } = work
  const since = clock.now()
  for (;;) {
    await clock.sleep(POLL_MS, job.signal)
    const now = await lookAtOne(work)
    await checkStillUp(work, started, now)
    const isLate = clock.now() - since > healthyWithinMs
    if (now.health === 'unhealthy' || (isLate && now.health === 'starting'))
      throw await silentError(work, 'its own health check fails')
    if (now.health === 'starting') job.phase('waiting until it is healthy')
    else if (clock.now() - since >= STEADY_MS) return
  }
}

async function waitForAnswer(
  work: UpWork,
  started: ContainerView,
  probe: NonNullable<UpWork['probe']>,
): Promise<void> {
  const { clock, job, answersWithinMs = 5 * 60_000 } = work
  const since = clock.now()
  job.phase('waiting until it answers')
  for (;;) {
    const health = await probe(job.signal).catch((thrown: unknown) => {
      job.signal.throwIfAborted()
      return { state: 'down' as const, reason: asControlError(thrown).message }
    })
    if (health.state !== 'down' && health.state !== 'starting') return
    await checkStillUp(work, started, await lookAtOne(work))
    if (clock.now() - since > answersWithinMs) throw await silentError(work, health.reason)
    await clock.sleep(POLL_MS, job.signal)
  }
}

async function checkStillUp(work: UpWork, started: ContainerView, now: ContainerView) {
  if (now.state !== 'running' || now.started_at !== started.started_at)
    throw await endedError(work, now)
}

async function endedError(work: ContainerWork, now: ContainerView): Promise<ControlError> {
  const { host, container } = work
  const how = now.exit_code === null ? '' : ` (exit status ${now.exit_code})`
  return new ControlError(
    'CONTAINER_ENDED',
    `${container} on ${host.id} did not stay up: it is ${now.state}${how}`,
    { hint: 'its last lines say why', logTail: await lastLines(work) },
  )
}

async function silentError(work: ContainerWork, reason: string | undefined): Promise<ControlError> {
  const { host, container } = work
  const why = reason === undefined ? '' : `: ${reason}`
  return new ControlError(
    'CONTAINER_SILENT',
    `${container} runs on ${host.id}, but its service does not answer${why}`,
    { hint: 'its log says what it is at; it is left running', logTail: await lastLines(work) },
  )
}

/** The end of its log; nothing where it cannot be read. */
async function lastLines({ host, container }: ContainerWork): Promise<string[]> {
  try {
    const command = sh`${host.spec.container_runtime} logs --tail ${LOG_TAIL} ${container} 2>&1`
    const { stdout } = await host.exec(command, { timeoutMs: 10_000 })
    return stdout.trim().split('\n').slice(-LOG_TAIL)
  } catch {
    return [] // the failure itself is what counts
  }
}
