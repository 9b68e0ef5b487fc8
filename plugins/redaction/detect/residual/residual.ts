import { type Candidate, WEIGHT } from '../finding.ts'
import { KNOWN, type Lexicon, NAME } from '../lexicon/lexicon.ts'
import { CASING, casingsOf } from '../tagger/casing.ts'
import { GAP, SHAPE, type Tokens } from '../tagger/tokens.ts'

export interface Unexplained {
  text: string
  tokens: Tokens
  lexicon: Lexicon
  /** Where the tagger hesitated. */
  doubts: Uint8Array
}

/**
 * Deny by default: what no dictionary knows, what has a capital inside a sentence, what has two digits or more, what
 * the tagger is not sure of. `covered` says which tokens other layers have found; small words between masked ones go
 * with them.
 */
export function residual(of: Unexplained, covered: Uint8Array): Candidate[] {
  const { text, tokens, doubts } = of
  const masked = Uint8Array.from(covered)
  const casings = casingsOf(text, tokens)
  for (let i = 0; i < tokens.count; i++) {
    if (masked[i]) continue
    const isDoubtful = doubts[i] === 1 && tokens.shapes[i] !== SHAPE.sign && !isPlainLine(of, i)
    if (isDoubtful || isDenied(of, i, casings[i] as number)) masked[i] = 1
  }
  joinNames(of, masked)
  joinBetween(text, tokens, masked)
  return [...masked.keys()].flatMap((i) =>
    masked[i] && !covered[i] ? [asCandidate(tokens, i)] : [],
  )
}

/** A common word that is no name, alone on its line: a key or a heading, of which no tagger is ever sure. */
function isPlainLine({ tokens, lexicon }: Unexplained, i: number): boolean {
  const { count, gaps, shapes, hashes } = tokens
  const isAlone = gaps[i] === GAP.line && (i + 1 >= count || gaps[i + 1] === GAP.line)
  const flags = lexicon.flags(hashes[i] ?? 0)
  if (!isAlone || shapes[i] !== SHAPE.lower) return false
  const isPersons = (flags & (KNOWN.firstName | KNOWN.lastName)) !== 0
  return (flags & KNOWN.frequent) !== 0
    ? !isPersons
    : (flags & (KNOWN.common | NAME)) === KNOWN.common
}

function asCandidate({ starts, ends, shapes }: Tokens, i: number): Candidate {
  const isNumber = shapes[i] === SHAPE.digits || shapes[i] === SHAPE.mixed
  const [start, end] = [starts[i] ?? 0, ends[i] ?? 0]
  return { start, end, type: isNumber ? 'NUM' : 'TERM', layer: 'residual', weight: WEIGHT.residual }
}

function isDenied({ text, tokens, lexicon }: Unexplained, i: number, casing: number): boolean {
  const [start, end] = [tokens.starts[i] ?? 0, tokens.ends[i] ?? 0]
  const shape = tokens.shapes[i]
  if (shape === SHAPE.sign) return false
  if (shape === SHAPE.digits) return end - start >= 2
  if (shape === SHAPE.mixed || shape === SHAPE.uncased)
    return end - start >= 2 || shape === SHAPE.uncased
  const flags = lexicon.flags(tokens.hashes[i] ?? 0)
  if (end - start === 1) return false
  if ((flags & KNOWN.word) === 0) return !isEnding(text, tokens, i)
  if (shape === SHAPE.lower || casing === CASING.capitals) return isRareName(flags, casing)
  if (shape === SHAPE.camel) return true
  if (startsSentence(text, tokens, i))
    return isRareName(flags, CASING.small) || (flags & KNOWN.common) === 0
  return true
}

/** A name that is a word as well; where capitals tell nothing, more of the words may be names. */
function isRareName(flags: number, casing: number): boolean {
  if ((flags & NAME) === 0) return false
  return (flags & (casing === CASING.cased ? KNOWN.common : KNOWN.frequent)) === 0
}

/** The `s` of Alice's, the `ll` of she'll. */
function isEnding(text: string, { starts, ends, gaps }: Tokens, i: number): boolean {
  const word = text.slice(starts[i], ends[i]).toLowerCase()
  return gaps[i] === GAP.none && /^'(?:s|re|ve|ll|d|m|t)$/.test(word)
}

const OPENS = /[.!?:;"'([{*•|>#–-]/

/** After a full stop, a colon, a quote or a line break a capital says nothing. */
function startsSentence(text: string, { starts, ends, gaps, shapes }: Tokens, i: number): boolean {
  if (i === 0 || gaps[i] === GAP.line) return true
  const last = text.slice(starts[i - 1], ends[i - 1])
  if (!OPENS.test(last)) return false
  // "J. Smith" and "a-B" go on
  const isInitial = last === '.' && shapes[i - 2] === SHAPE.initial
  return !isInitial && !(last === '-' && gaps[i] === GAP.none)
}

const SMALL =
  /^(?:of|and|the|for|at|in|on|de|la|le|du|des|der|den|van|von|y|e|et|und|di|da|do|dos|del|a|an|to|by)$/i

/** Initials, single digits and up to two small words between two masked tokens. */
function joinBetween(text: string, tokens: Tokens, masked: Uint8Array): void {
  const { count, starts, ends, shapes, gaps } = tokens
  const word = (i: number): string => text.slice(starts[i], ends[i])
  const join = (i: number): void => {
    if (masked[i] || !isJoined(text, tokens, i)) return
    if (isNear(masked, shapes, i, -1) || isNear(masked, shapes, i, 1)) masked[i] = 1
  }
  // both ways, since what is joined joins what stands next to it
  for (let i = 0; i < count; i++) join(i)
  for (let i = count - 1; i >= 0; i--) join(i)
  for (let i = 1; i < count - 1; i++) {
    if (masked[i] || !masked[i - 1] || !SMALL.test(word(i)) || gaps[i] === GAP.line) continue
    if (masked[i + 1] && isCapital(shapes[i - 1]) && isCapital(shapes[i + 1])) masked[i] = 1
  }
}

/** What means nothing by itself, and more beside what is masked: `J`, `r.`, `7`. */
function isJoined(text: string, { starts, ends, shapes, gaps }: Tokens, i: number): boolean {
  const [start, end] = [starts[i] ?? 0, ends[i] ?? 0]
  if (shapes[i] === SHAPE.digits) return true
  if (shapes[i] === SHAPE.initial) return text.charAt(start) !== 'I' || text.charAt(end) === '.'
  return (
    end - start === 1 &&
    shapes[i] === SHAPE.lower &&
    text.charAt(end) === '.' &&
    gaps[i + 1] === GAP.none
  )
}

/** `may` beside a masked `april`, `will` before a masked `smith`: names by their neighbour, written as it is. */
function joinNames({ text, tokens, lexicon }: Unexplained, masked: Uint8Array): void {
  const { count, hashes, gaps, starts, ends, shapes } = tokens
  const isName = (i: number, name: number): boolean =>
    masked[i] === 1 && (lexicon.flags(hashes[i] ?? 0) & name) !== 0
  const isAlike = (i: number, other: number): boolean =>
    shapes[i] === shapes[other] && !/[@._]/.test(text.charAt(ends[other] ?? 0))
  for (let i = 0; i < count; i++) {
    // a name of two letters is more often a word
    if (masked[i] || (ends[i] ?? 0) - (starts[i] ?? 0) < 3) continue
    const flags = lexicon.flags(hashes[i] ?? 0)
    const isLast = gaps[i] === GAP.space && isName(i - 1, KNOWN.firstName) && isAlike(i, i - 1)
    const isFirst = gaps[i + 1] === GAP.space && isName(i + 1, NAME) && isAlike(i, i + 1)
    if ((isLast && flags & KNOWN.lastName) || (isFirst && flags & KNOWN.firstName)) masked[i] = 1
  }
}

const isCapital = (shape: number | undefined): boolean =>
  shape === SHAPE.title || shape === SHAPE.upper || shape === SHAPE.camel

/** Whether the nearest word on one side is masked, at most two signs away. */
function isNear(masked: Uint8Array, shapes: Uint8Array, i: number, step: 1 | -1): boolean {
  for (let at = i + step; at >= 0 && at < shapes.length && Math.abs(at - i) <= 4; at += step) {
    if (masked[at]) return true
    if (shapes[at] !== SHAPE.sign) return false
  }
  return false
}
