import { ControlError } from '../errors.ts'
import type { ExecOptions, ExecResult } from './host.ts'
import { Lines, Tail } from './output.ts'
import { type Command, display, wireOf } from './sh.ts'

const DEFAULT_OUTPUT_BYTES = 4 * 1024 * 1024
const TAIL_LINES = 20

export interface Collected {
  stdout(chunk: Buffer): void
  stderr(chunk: Buffer): void
  end(): Pick<ExecResult, 'stdout' | 'stderr' | 'isTruncated'>
}

/** Gathers both streams of a command. `onFault` gets what the caller's onLine throws. */
export function collect(options: ExecOptions, onFault: (error: unknown) => void): Collected {
  const { onLine, maxOutputBytes = DEFAULT_OUTPUT_BYTES } = options
  const reader = (stream: 'stdout' | 'stderr') => {
    const tail = new Tail(maxOutputBytes)
    const lines = onLine && new Lines((line) => onLine(line, stream))
    const guarded = (work: () => void) => {
      try {
        work()
      } catch (error) {
        onFault(error)
      }
    }
    let hasEnded = false
    return {
      push(chunk: Buffer) {
        if (hasEnded) return // of a command that was given up
        tail.push(chunk)
        guarded(() => lines?.push(chunk))
      },
      end() {
        hasEnded = true
        guarded(() => lines?.end())
        return tail
      },
    }
  }
  const [stdout, stderr] = [reader('stdout'), reader('stderr')]
  return {
    stdout: stdout.push,
    stderr: stderr.push,
    end() {
      const [out, err] = [stdout.end(), stderr.end()]
      const texts = { stdout: out.text(), stderr: err.text() }
      return { ...texts, isTruncated: out.isTruncated || err.isTruncated }
    },
  }
}

/** The shell text and the bytes for its stdin. */
export function inputOf(command: Command, options: ExecOptions) {
  const { text, stdin } = wireOf(command)
  if (stdin !== undefined && options.input !== undefined)
    throw new TypeError(`${display(command)} brings its own stdin, so it takes no input`)
  return { text, input: stdin ?? options.input }
}

/** Throws COMMAND_FAILED for an exit status other than 0. */
export function mustSucceed(hostId: string, command: Command, result: ExecResult): ExecResult {
  if (result.code === 0) return result
  const lines = (result.stderr.trim() || result.stdout.trim()).split(/[\r\n]+/)
  const last = lines.at(-1)
  throw new ControlError(
    'COMMAND_FAILED',
    `${name(command)} ended with ${result.code} on ${hostId}${last ? `: ${last}` : ''}`,
    { logTail: lines.slice(-TAIL_LINES).filter(Boolean) },
  )
}

/** HOST_TIMEOUT, saying what is known about the command now. */
export function timedOut(
  hostId: string,
  command: Command,
  timeoutMs: number,
  fate: 'not started' | 'stopped' | 'unknown',
): ControlError {
  const seconds = timeoutMs / 1000
  const said = {
    'not started': `${name(command)} could not begin on ${hostId} in ${seconds} s; it never ran`,
    stopped: `${name(command)} did not end on ${hostId} in ${seconds} s and was stopped`,
    unknown: `${name(command)} did not end on ${hostId} in ${seconds} s; whether it still runs is unknown`,
  }
  return new ControlError('HOST_TIMEOUT', said[fate])
}

/** HOST_LOST: the connection ended, so nobody knows how the command did. */
export function lost(hostId: string, command: Command, cause: unknown): ControlError {
  const why = cause instanceof Error ? cause.message : 'the connection ended'
  return new ControlError(
    'HOST_LOST',
    `the connection to ${hostId} ended during ${name(command)} (${why}); its outcome is unknown`,
    { hint: 'look at the host before doing it again', cause },
  )
}

function name(command: Command): string {
  const shown = display(command).replaceAll(/\s+/g, ' ')
  return `"${shown.length > 120 ? `${shown.slice(0, 119)}…` : shown}"`
}
