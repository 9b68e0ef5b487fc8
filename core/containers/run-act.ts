import { asControlError, ControlError } from '../errors.ts'
import type { Host } from '../hosts/host.ts'
import { display, sh } from '../hosts/sh.ts'
import type { Job } from '../jobs/job.ts'
import type { Clock, Health } from '../plugin.ts'
import { actCommand, type ContainerAct, isDone } from './container-act.ts'
import type { ContainerView } from './container-view.ts'
import { inspectContainers } from './inspect.ts'
import { runtimeError } from './runtime-error.ts'

/** Long enough for containers that are given minutes to end. */
const COMMAND_TIMEOUT_MS = 10 * 60_000
const DONE_WITHIN_MS = 15_000
/** What runs this long after its start has not fallen over at once. */
const STEADY_MS = 2_000
const HEALTHY_WITHIN_MS = 10 * 60_000
const ANSWERS_WITHIN_MS = 5 * 60_000
const POLL_MS = 1_000
const LOG_TAIL = 30

export interface ActContext {
  act: ContainerAct
  job: Pick<Job, 'step' | 'phase' | 'line' | 'signal'>
  host: Host
  container: string
  clock: Clock
  /** One look at the service by its kind. */
  probe(signal: AbortSignal): Promise<Health>
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
  const before = await job.step('look', () => look(context))
  if (before.state === 'absent') throw absent(context)
  await job.step('act', async ({ attempt }) => {
    if (attempt > 1 && isDone(act, before, await look(context))) {
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
  const done = await waitUntilDone(context, before)
  if (act === 'stop') {
    job.line(`${host.id}: ${container} has stopped`)
    return { container: done }
  }
  await waitUntilHealthy(context, done)
  await waitForAnswer(context, done)
  return { container: await look(context) }
}

async function look({ host, container, job }: ActContext): Promise<ContainerView> {
  const [found] = await inspectContainers(host, [container], {
    depth: 'state',
    signal: job.signal,
  })
  if (!found) throw new ControlError('INTERNAL', `no look at ${container}`)
  const { id: _, ...view } = found
  return view
}

async function waitUntilDone(context: ActContext, before: ContainerView): Promise<ContainerView> {
  const { act, clock, job, host, container } = context
  const since = clock.now()
  for (;;) {
    const now = await look(context)
    if (isDone(act, before, now)) return now
    if (act !== 'stop' && now.state === 'stopped') throw await ended(context, now)
    if (clock.now() - since > DONE_WITHIN_MS) {
      if (act !== 'stop') throw await ended(context, now)
      throw new ControlError('CONTAINER_NOT_STOPPED', `${container} still runs on ${host.id}`, {
        hint: `on ${host.id}: ${host.spec.container_runtime} kill ${container}; if it stays, restart ${host.spec.container_runtime} there`,
      })
    }
    await clock.sleep(POLL_MS, job.signal)
  }
}

/** Waits until it has run for a moment without falling over, and is healthy where it can tell. */
async function waitUntilHealthy(context: ActContext, started: ContainerView): Promise<void> {
  const { clock, job } = context
  const since = clock.now()
  for (;;) {
    await clock.sleep(POLL_MS, job.signal)
    const now = await look(context)
    if (now.state !== 'running' || now.started_at !== started.started_at)
      throw await ended(context, now)
    const isOver = clock.now() - since > HEALTHY_WITHIN_MS
    if (now.health === 'unhealthy' || (isOver && now.health === 'starting'))
      throw await silent(context, 'its own health check fails')
    if (now.health === 'starting') job.phase('waiting until it is healthy')
    else if (clock.now() - since >= STEADY_MS) return
  }
}

async function waitForAnswer(context: ActContext, started: ContainerView): Promise<void> {
  const { clock, job, probe } = context
  const since = clock.now()
  job.phase('waiting until it answers')
  for (;;) {
    const health = await probe(job.signal).catch((thrown: unknown) => {
      job.signal.throwIfAborted()
      return { state: 'down' as const, reason: asControlError(thrown).message }
    })
    if (health.state !== 'down' && health.state !== 'starting') return
    const now = await look(context)
    if (now.state !== 'running' || now.started_at !== started.started_at)
      throw await ended(context, now)
    if (clock.now() - since > ANSWERS_WITHIN_MS) throw await silent(context, health.reason)
    await clock.sleep(POLL_MS, job.signal)
  }
}

const absent = ({ host, container }: ActContext): ControlError =>
  new ControlError('CONTAINER_ABSENT', `there is no container "${container}" on ${host.id}`, {
    hint: `create it there once (docker compose up -d), or correct its name in topology.yaml`,
  })

async function ended(context: ActContext, now: ContainerView): Promise<ControlError> {
  const { host, container } = context
  const how = now.exit_code === null ? '' : ` (exit status ${now.exit_code})`
  const logTail = await lastLines(context)
  return new ControlError(
    'CONTAINER_ENDED',
    `${container} on ${host.id} did not stay up: it is ${now.state}${how}`,
    { hint: 'its last lines say why', logTail },
  )
}

async function silent(context: ActContext, reason: string | undefined): Promise<ControlError> {
  const { host, container } = context
  const why = reason === undefined ? '' : `: ${reason}`
  return new ControlError(
    'CONTAINER_SILENT',
    `${container} runs on ${host.id}, but its service does not answer${why}`,
    { hint: 'its log says what it is at; it is left running', logTail: await lastLines(context) },
  )
}

/** The end of its log; nothing where it cannot be read. */
async function lastLines({ host, container }: ActContext): Promise<string[]> {
  try {
    const command = sh`${host.spec.container_runtime} logs --tail ${LOG_TAIL} ${container} 2>&1`
    const { stdout } = await host.exec(command, { timeoutMs: 10_000 })
    return stdout.trim().split('\n').slice(-LOG_TAIL)
  } catch {
    return [] // the failure itself is what counts
  }
}
