import type { EntityType } from '../entity-types.ts'
import { BEGINNING, LONGEST } from '../placeholder/grammar.ts'
import { type Issued, type Occurrence, sightings } from '../placeholder/resolve.ts'
import { Refused } from '../refused.ts'
import { encode, type Format } from './encode.ts'
import { UrlWatch } from './url-watch.ts'

/** A value that was masked. */
export interface Entry {
  type: EntityType
  surface: string
  /** How it was written inside JSON, where that is not how it would be written today. */
  json?: string
  /** It was a number of JSON, without quotes. */
  isNumber?: true
}

/** A session as far as restoring needs it. */
export interface Known extends Issued {
  entryAt(ordinal: number): Entry | undefined
}

export interface RestoreOptions {
  format: Format
  /** Types that are restored; default: all but SECRET. */
  types?: readonly EntityType[]
  /** Restores inside URLs too, percent-encoded there; `verbatim` as they are. */
  inUrls?: boolean | 'verbatim'
}

/** What became of the placeholders of a text. */
export interface RestoreCounts {
  /** Restored, and written as they were issued. */
  exact: number
  /** Restored although they had been altered. */
  tolerant: number
  /** Left as they are: unknown here, of a type that is not restored, or inside a URL. */
  unresolved: number
}

export const noCounts = (): RestoreCounts => ({ exact: 0, tolerant: 0, unresolved: 0 })

/**
 * Puts values back into a text that may come in pieces. What could be the beginning of a placeholder
 * is held back, at most 48 characters; the result is the same however the text was cut. A restored
 * value is never looked at again.
 */
export class Restorer {
  readonly counts: RestoreCounts
  readonly #known: Known
  readonly #options: RestoreOptions
  readonly #isWanted: (type: EntityType) => boolean
  readonly #urls: UrlWatch
  /** The character before what is held back: a word that goes on is no placeholder. */
  #before = ''
  #held = ''
  #restoredLength = 0

  constructor(known: Known, options: RestoreOptions, counts: RestoreCounts = noCounts()) {
    this.#known = known
    this.#options = options
    this.counts = counts
    const { types, format } = options
    this.#urls = new UrlWatch(format === 'json')
    this.#isWanted = types ? (type) => types.includes(type) : (type) => type !== 'SECRET'
  }

  /** Characters that are held back now. */
  get heldLength(): number {
    return this.#held.length
  }

  push(text: string): string {
    return this.#take(text, false)
  }

  /** What was held back; after it a new text may begin. */
  end(): string {
    const rest = this.#take('', true)
    this.#before = ''
    return rest
  }

  #take(text: string, isEnd: boolean): string {
    const from = this.#before.length
    const buffer = this.#before + this.#held + text
    let until = isEnd ? buffer.length : beginningIn(buffer, from, this.#options.format)
    let out = ''
    let at = from
    for (const sighting of sightings(buffer, this.#known, from)) {
      if (sighting.start >= until) break
      if (sighting.ordinal === undefined) {
        if (isIssuedForm(buffer, sighting)) this.counts.unresolved++
        continue
      }
      if (sighting.end > until) {
        until = sighting.start
        break
      }
      const { start, end, value } = this.#restore(buffer, at, sighting)
      out += buffer.slice(at, start) + value
      at = end
    }
    until = Math.max(until, at)
    const rest = buffer.slice(at, until)
    this.#urls.read(rest)
    this.#before = lastChar(buffer.slice(0, until))
    this.#held = buffer.slice(until)
    return out + rest
  }

  #restore(
    buffer: string,
    at: number,
    { start, end, ordinal, isExact }: Occurrence,
  ): { start: number; end: number; value: string } {
    const entry = this.#known.entryAt(ordinal) as Entry
    const { format, inUrls = false } = this.#options
    this.#urls.read(buffer.slice(at, start))
    const isWholeUrl = entry.type === 'URL' && this.#urls.isAtStart
    const isInside = this.#urls.isInside
    this.#urls.pass(end - start, entry.type === 'URL')
    const isAllowed = format === 'url' || inUrls !== false || !isInside || isWholeUrl
    if (!this.#isWanted(entry.type) || !isAllowed) {
      this.counts.unresolved++
      return { start, end, value: buffer.slice(start, end) }
    }
    this.counts[isExact ? 'exact' : 'tolerant']++
    this.#restoredLength += entry.surface.length
    if (this.#restoredLength > MOST_RESTORED) throw new Refused('RESTORED_TOO_LARGE')
    if (format === 'json') return inJson(buffer, start, end, entry)
    const isEncoded = format === 'text' && isInside && !isWholeUrl && inUrls === true
    return { start, end, value: encode(entry.surface, isEncoded ? 'url' : format) }
  }
}

/** One long value may be asked for again and again. */
const MOST_RESTORED = 32 * 1024 * 1024

/** Restores a whole text. */
export function restoreText(
  text: string,
  known: Known,
  options: RestoreOptions,
  counts: RestoreCounts = noCounts(),
): string {
  const restorer = new Restorer(known, options, counts)
  return restorer.push(text) + restorer.end()
}

/** Where what must be held back begins; in JSON with the quote before it, which a number loses. */
function beginningIn(buffer: string, from: number, format: Format): number {
  const tail = Math.max(from, buffer.length - LONGEST + 1)
  const found = BEGINNING.exec(buffer.slice(tail))
  const begin = found ? tail + found.index : buffer.length
  return format === 'json' && begin > from && buffer[begin - 1] === '"' ? begin - 1 : begin
}

/** What has the form of one, but is not of this session; others are ordinary words. */
const isIssuedForm = (buffer: string, { start, end }: { start: number; end: number }): boolean =>
  /^\[\[[A-Z]{2,10}\d{1,5}[0-9A-Z]{2}\]\]$/i.test(buffer.slice(start, end))

/** As it was written in that JSON; a number loses the quotes its placeholder was given. */
function inJson(buffer: string, start: number, end: number, entry: Entry) {
  const value = entry.json ?? encode(entry.surface, 'json')
  const isQuoted = buffer[start - 1] === '"' && buffer[end] === '"'
  return entry.isNumber && isQuoted
    ? { start: start - 1, end: end + 1, value }
    : { start, end, value }
}

function lastChar(text: string): string {
  const isPair = /[\udc00-\udfff]$/.test(text) && /[\ud800-\udbff]/.test(text.at(-2) ?? '')
  return text.slice(isPair ? -2 : -1)
}
