import type { Clock } from '../plugin.ts'
import { type Collected, collect, inputOf, lost, timedOut } from './collect.ts'
import type { ExecOptions, ExecResult } from './host.ts'
import { limit } from './limit.ts'
import type { Command } from './sh.ts'
import type { Slots } from './slots.ts'

/** Deadline of a command that names none. */
const DEFAULT_TIMEOUT_MS = 30_000
/** A command that may take longer than this counts as a long one. */
const SHORT_MS = 60_000

/** What runs commands for one user of one machine. */
export interface Shell {
  exec(command: Command, options?: ExecOptions): Promise<ExecResult>
  /** Forgets a failure, so that the next caller tries at once. */
  retry(): void
  /** Lets what runs end, then closes. */
  retire(): void
}

/** One command, ready for a transport. */
export interface Job {
  command: Command
  text: string
  input: string | Uint8Array | undefined
  output: Collected
  /** Aborting stops the process group. */
  signal: AbortSignal
}

export interface Outcome {
  /** null: nobody knows. */
  code: number | null
  /** False if it was to be stopped and may still run. */
  isOver: boolean
}

export interface Transport {
  hostId: string
  clock: Clock
  slots: Slots
  run(job: Job): Promise<Outcome>
}

/** Runs a command with its deadline, its turn and its output kept: the rules all transports share. */
export async function perform(
  transport: Transport,
  command: Command,
  options: ExecOptions,
): Promise<ExecResult> {
  const { hostId, clock, slots } = transport
  const { timeoutMs = DEFAULT_TIMEOUT_MS } = options
  const kind = timeoutMs === null || timeoutMs > SHORT_MS ? 'long' : 'short'
  const { text, input } = inputOf(command, options)
  // The deadline begins with the command's turn: a long queue alone makes nobody fail.
  const release = await slots.take(kind, options.signal)
  const startedAt = performance.now()
  const deadline = timedOut(hostId, command, timeoutMs ?? 0, 'not started')
  const work = limit({ signal: options.signal, timeoutMs, clock, onDeadline: () => deadline })
  const { signal } = work
  try {
    const output = collect(options, work.stop)
    const outcome = await transport.run({ command, text, input, output, signal })
    const streams = output.end()
    if (signal.aborted && signal.reason === deadline)
      throw timedOut(hostId, command, timeoutMs ?? 0, outcome.isOver ? 'stopped' : 'unknown')
    signal.throwIfAborted()
    if (outcome.code === null) throw lost(hostId, command, undefined)
    return { code: outcome.code, ...streams, durationMs: performance.now() - startedAt }
  } finally {
    work.end()
    release()
  }
}
