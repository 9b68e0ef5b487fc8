import { ControlError } from '../errors.ts'
import { Tail } from './output.ts'
import { quote } from './sh.ts'

// MAX_ARG_STRLEN of Linux: the login shell gets the whole text as one argument.
const MOST_BYTES = 128 * 1024 - 1

/**
 * `exec` puts our shell in the place of the login shell, so that its pid is the session's group.
 * Where the SSH server made no group of its own, setsid makes one; without setsid only the shell
 * itself can be signalled. RS and the target of kill come first on stdout.
 */
const PRELUDE = `t=$1; shift
if kill -s 0 -- "-$$" 2>/dev/null || kill -0 "-$$" 2>/dev/null
then printf '\\036-%s\\n' "$$"; eval "$t"
elif command -v setsid >/dev/null 2>&1
then exec setsid sh -c 't=$1; shift; printf "\\036-%s\\n" "$$"; eval "$t"' sh "$t"
else printf '\\036%s\\n' "$$"; eval "$t"
fi`

/** The text for an SSH exec request that runs `text` and first says whom to kill. */
export function wrap(text: string): string {
  const wrapped = `exec sh -c ${quote(PRELUDE)} sh ${quote(text)}`
  const sizeBytes = Buffer.byteLength(wrapped)
  if (sizeBytes > MOST_BYTES)
    throw new ControlError('COMMAND_REFUSED', `the command is ${sizeBytes} bytes long`, {
      hint: 'at most 128 KiB fit on a command line; hand long values over as input',
    })
  return wrapped
}

/** The text that signals what the wrapped command announced. */
export function killText(signal: 'TERM' | 'KILL', target: string): string {
  // dash wants -s SIG --, busybox chokes on the --; both know the second form
  return `kill -s ${signal} -- ${target} 2>/dev/null || kill -${signal} ${target} 2>/dev/null`
}

/** Most bytes that are kept of start-up noise (a chatty .bashrc). */
const MOST_NOISE = 64 * 1024
// Never 0 or 1, as a pid or as a group: they would signal far more than the command.
// biome-ignore lint/suspicious/noControlCharactersInRegex: RS begins the announcement
const ANNOUNCED = /\x1e(-?(?:[2-9]|[1-9]\d{1,9}))\n/
const MOST_ANNOUNCED = 13

/** Takes the announcement, and what a login shell printed before it, off the beginning of stdout. */
export class Announcement {
  #noise = new Tail(MOST_NOISE)
  /** The end of what was looked through: an announcement may begin in one chunk and end in the next. */
  #seam: Buffer = Buffer.alloc(0)
  /** What kill takes: `-<group>` or `<pid>`. */
  target: string | undefined

  /** The part of the chunk that belongs to the command. */
  read(chunk: Buffer): Buffer {
    if (this.target !== undefined) return chunk
    const seen = Buffer.concat([this.#seam, chunk])
    const said = ANNOUNCED.exec(seen.toString('latin1'))
    if (!said) {
      this.#noise.push(chunk)
      this.#seam = seen.subarray(-MOST_ANNOUNCED)
      return Buffer.alloc(0)
    }
    this.target = said[1]
    // a command that is followed for days would hold it as long
    this.#noise = new Tail(MOST_NOISE)
    return seen.subarray(said.index + said[0].length)
  }

  /** What the login shell said instead of running the command. */
  get noise(): string {
    return this.#noise.text().trim()
  }
}
