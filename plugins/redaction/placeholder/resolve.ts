import { ENTITY_TYPES, type EntityType } from '../entity-types.ts'
import { type CheckOf, normalCheck } from './checks.ts'
import { matchFrom, partsOf } from './grammar.ts'
import { placeholderOf } from './placeholder.ts'

/** What was issued in a session; of whatever is not known nothing is restored. */
export interface Issued {
  checkOf: CheckOf
  /** The type that was issued under an ordinal. */
  typeAt(ordinal: number): EntityType | undefined
}

/** Something in a text that stands for an entry of the session. */
export interface Occurrence {
  start: number
  end: number
  ordinal: number
  /** Written as it was issued. */
  isExact: boolean
}

/** One look-alike: what it stands for, or that it stands for nothing here. */
export type Sighting = Occurrence | { start: number; end: number; ordinal: undefined }

/**
 * Finds placeholders in one pass from left to right, beginning at `from`. A look-alike that is none is
 * told as well; the search goes on right behind its first character, so that it hides no true one.
 */
export function* sightings(text: string, issued: Issued, from = 0): Generator<Sighting> {
  let at = from
  for (let match = matchFrom(text, at); match; match = matchFrom(text, at)) {
    const start = match.index
    const reading = readingsOf(match).find((each) => isIssued(each, issued))
    if (!reading) {
      yield { start, end: start + match[0].length, ordinal: undefined }
      at = start + 1
      continue
    }
    const { ordinal, length } = reading
    const type = issued.typeAt(ordinal) as EntityType
    const issuedAs = placeholderOf(type, ordinal, issued.checkOf)
    // what stands before one as it was issued belongs to the text: the backslash of "\\[[…]]"
    const before = match[0].indexOf(issuedAs)
    const isExact = before !== -1
    const begin = start + Math.max(before, 0)
    at = isExact ? begin + issuedAs.length : start + length
    yield { start: begin, end: at, ordinal, isExact }
  }
}

/**
 * What in a text that was given in could be taken for a placeholder: by its form, or since its check
 * is right, now or once more values are issued.
 */
export function lookAlikes(text: string, checkOf: CheckOf): { start: number; end: number }[] {
  const found: { start: number; end: number }[] = []
  let at = 0
  for (let match = matchFrom(text, at); match; match = matchFrom(text, at)) {
    const end = match.index + match[0].length
    const readings = readingsOf(match)
    const isForm = match[0].startsWith('[[') && readings.some(({ word }) => WORDS.has(word))
    if (isForm || readings.some(({ ordinal, check }) => normalCheck(check) === checkOf(ordinal))) {
      found.push({ start: match.index, end })
      at = end
    } else at = match.index + 1
  }
  return found
}

interface Reading {
  /** In capitals. */
  word: string
  ordinal: number
  check: string
  /** How much of the match it is. */
  length: number
}

/** How a match may be read: as it is, or as a plural, whose s could pass for the end of a check. */
function readingsOf(match: RegExpExecArray): Reading[] {
  const { word, digits, check } = partsOf(match)
  const { length } = match[0]
  const asIs = { word: plain(word), ordinal: Number(plain(digits)), check, length }
  const run = digits + check
  if (!match[0].endsWith(run) || !/[sS]$/.test(run) || run.length < 4) return [asIs]
  const ordinal = Number(plain(run.slice(0, -3)))
  return [asIs, { ...asIs, ordinal, check: run.slice(-3, -1), length: length - 1 }]
}

const plain = (text: string): string => text.normalize('NFKC').toUpperCase()

function isIssued({ word, ordinal, check }: Reading, { typeAt, checkOf }: Issued): boolean {
  const type = typeAt(ordinal)
  if (type === undefined || normalCheck(check) !== checkOf(ordinal)) return false
  // a word of another language is believed by its check; another type of ours is a mistake
  return word === type || !WORDS.has(word)
}

const WORDS: ReadonlySet<string> = new Set(ENTITY_TYPES)
