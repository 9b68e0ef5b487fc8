import { decode } from '../detect/fold/decode.ts'
import { compose, identity, toSource, type View } from '../detect/fold/view.ts'
import type { EntityType } from '../entity-types.ts'
import { type Compact, compact } from './compact.ts'
import { FUNCTION_WORDS } from './function-words.ts'

/** A value that is looked for. */
export interface Value {
  type: EntityType
  surface: string
}

interface Found {
  start: number
  end: number
  type: EntityType
}

/**
 * Finds values of a session wherever they stand again: in other case, with other blanks and
 * punctuation. A short one has to be a word of its own; one of six characters and more is found inside
 * a word or a run of digits too. A value of one character is not looked for.
 */
export interface ValueIndex {
  /** In no order; what is found in escaped text may overlap. */
  find(text: string): Found[]
}

const SHORTEST = 2
const SHORTEST_DECODED = 4
/** From this length on a value is found inside of words. */
const INSIDE = 6

export function indexValues(given: Iterable<Value>): ValueIndex {
  const values = new Map<string, { isWord: boolean; type: EntityType }>()
  for (const { type, surface } of given) {
    const { text } = compact(surface)
    if (text.length < SHORTEST) continue
    const isWord = FUNCTION_WORDS.has(text) && surface !== surface.toLowerCase()
    const before = values.get(text)
    values.set(text, {
      isWord: isWord && (before?.isWord ?? true),
      type: before?.type ?? type,
    })
  }
  const byStart = groupByStart(values.keys())
  const findIn = (text: string): Found[] => {
    const reading = compact(text)
    const found: Found[] = []
    for (let at = 0; at < reading.text.length; at++) {
      const length = longestAt(reading, at, byStart, values)
      if (length === 0) continue
      const range = reading.toSource(at, at + length)
      const value = values.get(reading.text.slice(at, at + length))
      const written = text.slice(range.start, range.end)
      if (!value || (value.isWord && written === written.toLowerCase())) continue
      found.push({ ...range, type: value.type })
      at += length - 1
    }
    return found
  }
  return {
    find: (text) => (values.size === 0 ? [] : [...findIn(text), ...findDecoded(text, findIn)]),
  }
}

/** What is found once escapes are undone, twice if need be, where it stands in the text. */
function findDecoded(text: string, findIn: (text: string) => Found[]): Found[] {
  const found: Found[] = []
  let view: View = identity(text)
  for (let round = 0; round < 2; round++) {
    const decoded = decode(view.text)
    if (!decoded) break
    view = compose(view, decoded)
    // two or three letters turn up by chance in what only looks like base64
    for (const { start, end, type } of findIn(view.text))
      if (end - start >= SHORTEST_DECODED) found.push({ ...toSource(view, start, end), type })
  }
  return found
}

/** Lengths of values, longest first, by how they begin. */
function groupByStart(values: Iterable<string>): Map<string, number[]> {
  const groups = new Map<string, Set<number>>()
  for (const value of values) {
    const start = value.slice(0, startLength(value.length))
    const lengths = groups.get(start) ?? new Set()
    groups.set(start, lengths.add(value.length))
  }
  return new Map([...groups].map(([start, lengths]) => [start, [...lengths].sort((a, b) => b - a)]))
}

const startLength = (length: number): number => Math.min(length, INSIDE)

function longestAt(
  reading: Compact,
  at: number,
  byStart: ReadonlyMap<string, readonly number[]>,
  values: ReadonlyMap<string, unknown>,
): number {
  const { text } = reading
  const isEdge = reading.isEdge(at)
  for (let size = INSIDE; size >= SHORTEST; size--) {
    if (size < INSIDE && !isEdge) return 0
    for (const length of byStart.get(text.slice(at, at + size)) ?? []) {
      const end = at + length
      if (end > text.length || !values.has(text.slice(at, end))) continue
      if ((isEdge && reading.isEdge(end)) || isWithin(reading, at, end)) return length
    }
  }
  return 0
}

/** A long value inside one word, or a number inside digits however they are grouped. */
function isWithin(reading: Compact, start: number, end: number): boolean {
  if (end - start < INSIDE) return false
  const value = reading.text.slice(start, end)
  if (/^\p{N}+$/u.test(value)) return true
  for (let at = start + 1; at < end; at++) if (isBlank(reading, at)) return false
  return true
}

/** Whether blanks or punctuation stand between two characters of the compact text. */
function isBlank(reading: Compact, at: number): boolean {
  const before = reading.toSource(at - 1, at)
  const after = reading.toSource(at, at + 1)
  return after.start > before.end
}
