import type { Clock, Host, Job } from '#core'
import { vllmError } from '../errors.ts'
import { isHostError } from '../launch/container.ts'
import { lookAtWork, startWork, stopWork, type Work, type WorkLook } from './detached.ts'

const POLL_MS = 2_000
/** How long a host may be away before the job gives up on it; the work itself may go on there. */
const AWAY_MS = 30 * 60_000
const MAX_LINES = 200

export interface FollowOptions {
  job: Pick<Job, 'line' | 'signal'>
  clock: Clock
  host: Host
  work: Work
  token: string | undefined
  /** Looks at what the work has brought; called at every poll and once after its end. */
  look(signal: AbortSignal): Promise<void>
}

/** How detached work ended. `null`: it was killed on the host, so no status was kept. */
export interface WorkEnd {
  exitCode: number | null
  lines: string[]
}

/**
 * Starts work or finds it running, and waits for its end. A host that is away is waited for. A
 * cancel stops the work and makes sure of it before it throws; so does every other failure here.
 */
export async function followWork(options: FollowOptions): Promise<WorkEnd> {
  const { job, host, work } = options
  try {
    return await follow(options)
  } catch (thrown) {
    // also after a cancel, whose signal would stop the stopping
    await stopForSure(host, work)
    job.signal.throwIfAborted()
    throw thrown
  }
}

/** Throws NOT_STOPPED also where nobody can tell. */
async function stopForSure(host: Host, work: Work): Promise<void> {
  try {
    await stopWork(host, work)
  } catch (thrown) {
    if (!isHostError(thrown)) throw thrown
    throw vllmError('NOT_STOPPED', `${host.id} does not answer, so the work may go on there`, {
      hint: 'when it answers, start the same again and cancel it: what still runs is found and stopped',
      cause: thrown,
    })
  }
}

async function follow(options: FollowOptions): Promise<WorkEnd> {
  const { job, clock, host, work, token } = options
  const { signal } = job
  const found = await startWork(host, work, token, signal)
  if (found === 'running') job.line(`${host.id}: it is under way already; following it`)
  const lines: string[] = []
  let fromLine = 1
  let awaySince: number | undefined
  for (;;) {
    try {
      const state = await lookAtWork(host, work, fromLine, signal)
      await options.look(signal)
      if (awaySince !== undefined) job.line(`${host.id} answers again`)
      awaySince = undefined
      fromLine = state.nextLine
      for (const line of state.lines) note(line)
      const end = endOf(state)
      if (end !== undefined) {
        await stopWork(host, work)
        return { exitCode: end, lines }
      }
    } catch (thrown) {
      if (signal.aborted || !isHostError(thrown)) throw thrown
      if (awaySince === undefined) job.line(`${host.id} does not answer; the work goes on there`)
      awaySince ??= clock.now()
      if (clock.now() - awaySince > AWAY_MS) throw thrown
    }
    await clock.sleep(POLL_MS, signal)
  }

  function note(line: string): void {
    const clean = token ? line.replaceAll(token, '••••') : line
    if (clean.trim() === '') return
    lines.push(clean)
    if (lines.length > MAX_LINES) lines.shift()
    job.line(`${host.id}: ${clean}`)
  }
}

/** Undefined while it runs. */
const endOf = ({ state, exitCode }: WorkLook): number | null | undefined =>
  state === 'running' ? undefined : exitCode
