import { ControlError } from '#core'
import { type Delta, deltasOf, endedBy } from './channels.ts'
import { restoreJson } from './json.ts'
import {
  type Known,
  noCounts,
  type RestoreCounts,
  type RestoreOptions,
  Restorer,
} from './restorer.ts'

const isData = (line: string): boolean => line === 'data' || line.startsWith('data:')

interface Channel {
  restorer: Restorer
  make: Delta['make']
}

/**
 * Restores a stream of server-sent events: pieces of one text are restored across events, whole
 * strings in theirs. The framing stays; an event without placeholders stays as it came.
 */
export class EventRestorer {
  readonly counts: RestoreCounts
  readonly #known: Known
  readonly #options: RestoreOptions
  readonly #decoder = new TextDecoder()
  readonly #channels = new Map<string, Channel>()
  #buffer = ''
  #lines: string[] = []
  #eventLength = 0

  constructor(known: Known, options: RestoreOptions, counts: RestoreCounts = noCounts()) {
    this.counts = counts
    this.#known = known
    this.#options = options
  }

  push(bytes: Uint8Array): string {
    return this.#take(this.#decoder.decode(bytes, { stream: true }), false)
  }

  end(): string {
    const last = this.#take(this.#decoder.decode(), true)
    const open = this.#lines.length > 0 ? this.#event() : ''
    return last + open + this.#close([''])
  }

  #take(text: string, isEnd: boolean): string {
    this.#buffer += text
    let out = ''
    for (;;) {
      const match = /\r\n|\n|\r/.exec(this.#buffer)
      // a carriage return at the end may be half of a line end
      if (!match || (match[0] === '\r' && match.index === this.#buffer.length - 1 && !isEnd)) break
      out += this.#line(this.#buffer.slice(0, match.index))
      this.#buffer = this.#buffer.slice(match.index + match[0].length)
    }
    if (isEnd && this.#buffer !== '') {
      out += this.#line(this.#buffer)
      this.#buffer = ''
    }
    if (this.#buffer.length > LONGEST_EVENT) throw tooLong()
    return out
  }

  #line(line: string): string {
    if (line === '') return this.#event()
    this.#eventLength += line.length
    if (this.#eventLength > LONGEST_EVENT) throw tooLong()
    this.#lines.push(line)
    return ''
  }

  /** What an event becomes, with events before it for texts that end with it. */
  #event(): string {
    const lines = this.#lines
    this.#lines = []
    this.#eventLength = 0
    if (lines.length === 0) return '\n'
    const dataLines = lines.filter(isData)
    const asIs = `${lines.join('\n')}\n\n`
    if (dataLines.length === 0) return asIs
    const others = lines.filter((line) => !isData(line))
    const text = dataLines.map((line) => line.replace(/^data:? ?/, '')).join('\n')
    if (text === '[DONE]') return this.#close(['']) + asIs
    const data = parse(text)
    if (data === undefined) return this.#plain(others, text)
    const ended = endedBy(data)
    const own = JSON.stringify(this.#restore(data, ended))
    // texts that end here without a piece of their own; those with one have been ended with it
    const before = this.#close(ended)
    return before + (own === JSON.stringify(data) ? asIs : frame(others, own))
  }

  /** Data that is no JSON is one text over all events. */
  #plain(others: string[], text: string): string {
    const channel = this.#channelOf({
      channel: 'data',
      format: this.#options.format,
      make: (piece) => ({ data: piece }),
    })
    const restored = channel.restorer.push(text)
    return restored === '' && text !== '' && others.length === 0 ? '' : frame(others, restored)
  }

  #restore(data: unknown, ended: readonly string[]): unknown {
    const copy = structuredClone(data)
    const deltas = deltasOf(copy)
    const pieces = deltas.map((delta) => {
      const { restorer } = this.#channelOf(delta)
      const piece = restorer.push(delta.piece)
      delta.put('')
      if (!isEnded(delta.channel, ended)) return piece
      this.#channels.delete(delta.channel)
      return piece + restorer.end()
    })
    const whole = restoreJson(copy, this.#known, this.#options, this.counts)
    for (const [n, delta] of deltasOf(whole).entries()) delta.put(pieces[n] ?? '')
    return whole
  }

  #channelOf({ channel, format, make }: Pick<Delta, 'channel' | 'format' | 'make'>): Channel {
    const known = this.#channels.get(channel)
    if (known) {
      known.make = make
      return known
    }
    if (this.#channels.size >= MOST_CHANNELS) throw tooLong()
    const restorer = new Restorer(this.#known, { ...this.#options, format }, this.counts)
    const opened = { restorer, make }
    this.#channels.set(channel, opened)
    return opened
  }

  /** Ends texts; what they held back goes out in events of its own. */
  #close(names: readonly string[]): string {
    let out = ''
    for (const [name, { restorer, make }] of this.#channels) {
      if (!isEnded(name, names)) continue
      this.#channels.delete(name)
      const rest = restorer.end()
      if (rest === '') continue
      const { event, data } = make(rest)
      const head = event === undefined ? [] : [`event: ${event}`]
      out += frame(head, typeof data === 'string' ? data : JSON.stringify(data))
    }
    return out
  }
}

const LONGEST_EVENT = 8 * 1024 * 1024
const MOST_CHANNELS = 1_000

const isEnded = (channel: string, names: readonly string[]): boolean =>
  names.some((name) => channel.startsWith(name))

const frame = (others: readonly string[], data: string): string =>
  `${[...others, ...data.split(/\r\n|\n|\r/).map((line) => `data: ${line}`)].join('\n')}\n\n`

function parse(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    // a stream of plain texts
    return undefined
  }
}

const tooLong = (): ControlError =>
  new ControlError('STREAM_TOO_LONG', 'An event of the stream is longer than can be kept.', {
    status: 413,
    hint: `At most ${LONGEST_EVENT} characters and ${MOST_CHANNELS} texts at a time.`,
  })
