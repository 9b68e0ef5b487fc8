import type { Host } from '#core'
import { vllmError } from '../errors.ts'
import { MEMORY_HINT } from '../failure/failure-lines.ts'
import { findFailure } from '../failure/failures.ts'
import { followLog } from '../failure/follow-log.ts'
import { type Answering, readServed } from '../read-served.ts'
import type { JobContext } from '../swap/job-context.ts'
import { duration } from '../words.ts'
import { isHostError } from './container.ts'
import type { Engine, EngineLook } from './engine.ts'

const BUDGET_MS = 40 * 60_000
const POLL_MS = 2_000
/** Between `docker exec` and the engine's process lies a moment. */
const GRACE_MS = 3_000
/** A process seen missing once may be between two execs; twice it is gone. */
const MISSES = 2

export interface Loading {
  /** Served name that must be listed. */
  repo: string
  title: string
  hosts: Host[]
  /** Ids of the containers that were started, by host. */
  containers: Record<string, string>
  /** The log was read before by an earlier controller. */
  isResumed: boolean
}

/**
 * Follows the load until /health and /v1/models agree. Ends early when an engine process is gone,
 * with the first line of the log that names a cause.
 */
export async function awaitReady(context: JobContext, loading: Loading): Promise<void> {
  const { service, signal } = context
  const stopFollowing = new AbortController()
  const log = followLog(context, loading, AbortSignal.any([signal, stopFollowing.signal]))
  try {
    noteServing(context, loading, await watch(context, loading, log.lines))
  } catch (thrown) {
    if (thrown instanceof EngineGone) throw await explain(context, loading, thrown, log.lines)
    throw thrown
  } finally {
    stopFollowing.abort()
    await log.ended
  }
  context.job.percent(97)
  service.probeSoon()
}

/** Who asks for the model once the job has succeeded must find it, whenever the next probe comes. */
function noteServing({ service, box }: JobContext, { containers }: Loading, ready: Ready): void {
  const { models, root, maxModelLen } = ready
  const seenAt = new Date(service.clock.now()).toISOString()
  box.set({ models, root, maxModelLen, since: seenAt, seenAt, containers })
}

type Ready = Answering & { state: 'serving' }

class EngineGone extends Error {
  readonly look: EngineLook | undefined
  readonly host: string
  constructor(host: string, message: string, look?: EngineLook) {
    super(message)
    this.host = host
    this.look = look
  }
}

async function watch(
  { service, signal, engine }: JobContext,
  loading: Loading,
  lines: readonly string[],
): Promise<Ready> {
  const { clock } = service
  const since = clock.now()
  const misses = new Map<string, number>()
  for (;;) {
    const answering = await readServed(service.http(), signal)
    if (answering.state === 'serving' && answering.models.includes(loading.repo)) return answering
    if (answering.state === 'serving') {
      throw vllmError(
        'LOAD_FAILED',
        `another engine answers on the port: it serves ${answering.models[0]}`,
        { hint: 'find out who started it and stop it, then load again' },
      )
    }
    if (clock.now() - since > GRACE_MS) {
      for (const host of loading.hosts) await lookFor(host, engine, loading, misses, signal)
    }
    if (clock.now() - since > BUDGET_MS) {
      throw vllmError(
        'LOAD_TIMEOUT',
        `${loading.title} was not ready after ${duration(BUDGET_MS / 1000)}`,
        { hint: 'the log shows where it hung', logTail: lines.slice(-40) },
      )
    }
    await clock.sleep(POLL_MS, signal)
  }
}

async function lookFor(
  host: Host,
  engine: Engine,
  { containers, hosts }: Loading,
  misses: Map<string, number>,
  signal: AbortSignal,
): Promise<void> {
  let look: EngineLook
  try {
    look = await engine.look(host, signal)
  } catch (thrown) {
    // a lost connection says nothing about the load; the budget bounds how long this goes on
    if (isHostError(thrown) && !signal.aborted) return
    throw thrown
  }
  if (look.state === 'absent') throw new EngineGone(host.id, `${engine.thing} is gone`)
  if (look.id !== containers[host.id]) {
    throw new EngineGone(host.id, `${engine.thing} was replaced by another one`, look)
  }
  if (look.state === 'stopped') throw new EngineGone(host.id, `${engine.thing} has stopped`, look)
  if (look.engines.length > 0) {
    misses.set(host.id, 0)
    return
  }
  // under ray a worker runs no process of vLLM's own until the head gives it one
  if (host !== hosts[0] && !misses.has(host.id)) return
  const missed = (misses.get(host.id) ?? 0) + 1
  misses.set(host.id, missed)
  if (missed >= MISSES) throw new EngineGone(host.id, 'the engine has ended', look)
}

/** Turns a dead engine into an error with the cause its log names. */
async function explain(
  { job, engine }: JobContext,
  { title, hosts }: Loading,
  gone: EngineGone,
  headLines: readonly string[],
) {
  // what a worker says last stands in its own log only; a log that is kept has the head's last words
  const others = await Promise.all(
    (engine.isKept ? hosts : hosts.slice(1)).map(async (host) => {
      try {
        const command = engine.tail(host.spec.container_runtime, 400)
        const { code, stdout, stderr } = await host.exec(command)
        if (code !== 0) return []
        return `${stdout}\n${stderr}`.split(/\r?\n|\r/).filter((line) => line.trim() !== '')
      } catch {
        // without the worker's log the head's must do
        return []
      }
    }),
  )
  const lines = [...headLines, ...others.flat()]
  const failure = findFailure(lines) ?? fromContainer(gone)
  if (failure) job.line(`✗ ${failure.message}`)
  const at = failure ? lines.findIndex((line) => line.includes(failure.line)) : -1
  const logTail = at < 0 ? lines.slice(-40) : lines.slice(Math.max(0, at - 15), at + 25)
  return vllmError(
    'LOAD_FAILED',
    failure
      ? `${title} did not start: ${failure.message}`
      : `${title} did not start: ${gone.message} on ${gone.host}, and its log names no cause`,
    { ...(failure?.hint && { hint: failure.hint }), logTail },
  )
}

function fromContainer({ look, host }: EngineGone) {
  if (!look || look.state === 'absent') return undefined
  if (!look.isOomKilled && look.exitCode !== 137) return undefined
  return {
    message: `${host} ran out of memory and killed it`,
    hint: MEMORY_HINT,
    line: '\0',
  }
}
