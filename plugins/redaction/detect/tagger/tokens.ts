import { CLASS, classOf, lowerOf } from './characters.ts'

/** How a token is written. */
export const SHAPE = {
  lower: 1,
  title: 2,
  upper: 3,
  camel: 4,
  initial: 5,
  digits: 6,
  mixed: 7,
  sign: 8,
  uncased: 9,
} as const

/** What stands before a token. */
export const GAP = { none: 0, space: 1, line: 2 } as const

/** Tokens of a text, field by field, since a text of 1 MB has 300,000 of them. */
export interface Tokens {
  count: number
  starts: Int32Array
  ends: Int32Array
  /** Of the lower-cased token. */
  hashes: Int32Array
  /** Of its last three and two units, and of its first three, lower-cased. */
  suffix3: Int32Array
  suffix2: Int32Array
  prefix3: Int32Array
  shapes: Uint8Array
  gaps: Uint8Array
}

export const EMPTY_HASH = 0x811c9dc5 | 0
const PRIME = 0x01000193

export const hashUnit = (hash: number, code: number): number => Math.imul(hash ^ code, PRIME)

/** The hash a token with these letters has. */
export function hashWord(word: string): number {
  let hash = EMPTY_HASH
  for (let i = 0; i < word.length; i++) hash = hashUnit(hash, lowerOf(word.charCodeAt(i)))
  return hash
}

/** Words with their inner apostrophes, numbers, and every other sign by itself. */
export function tokenise(text: string): Tokens {
  let tokens = allocate((text.length >> 2) + 16)
  scan(text, (start, end, gap) => {
    if (tokens.count === tokens.starts.length) tokens = doubled(tokens)
    add(tokens, text, start, end, gap)
  })
  return tokens
}

/** The tokens of a short text as they are written, for which all that is told of them would cost more. */
export function wordsIn(text: string): string[] {
  const words: string[] = []
  scan(text, (start, end) => words.push(text.slice(start, end)))
  return words
}

function scan(text: string, found: (start: number, end: number, gap: number) => void): void {
  let gap: number = GAP.line
  let at = 0
  while (at < text.length) {
    const of = classOf(text.charCodeAt(at))
    if (of === CLASS.space || of === CLASS.newline) {
      gap = of === CLASS.newline ? GAP.line : Math.max(gap, GAP.space)
      at++
      continue
    }
    const end = of === CLASS.sign ? signEnd(text, at, gap) : wordEnd(text, at)
    found(at, end, gap)
    gap = GAP.none
    at = end
  }
}

function wordEnd(text: string, start: number): number {
  let at = start
  while (at < text.length) {
    const code = text.charCodeAt(at)
    if (code === 0x27) {
      if (at === start || !keepsApostrophe(text, at)) break
    } else if (!isWordClass(classOf(code))) break
    at++
  }
  return at
}

const ENDINGS = new Set(['s', 're', 've', 'll', 'd', 'm'])

/** O'Brien and don't are words; of Alice's only Alice is. */
function keepsApostrophe(text: string, at: number): boolean {
  const next = classOf(text.charCodeAt(at + 1) || 32)
  if (next !== CLASS.lower && next !== CLASS.upper) return false
  return !ENDINGS.has(afterApostrophe(text, at))
}

/** The 's of Alice's and the 'll of she'll are one token. */
function signEnd(text: string, at: number, gap: number): number {
  if (gap !== GAP.none || text.charCodeAt(at) !== 0x27) return at + 1
  const rest = afterApostrophe(text, at)
  return ENDINGS.has(rest) ? at + 1 + rest.length : at + 1
}

function afterApostrophe(text: string, at: number): string {
  let end = at + 1
  while (end < at + 4 && isWordClass(classOf(text.charCodeAt(end) || 32))) end++
  return text.slice(at + 1, end).toLowerCase()
}

const isWordClass = (of: number): boolean => of >= CLASS.lower && of <= CLASS.digit

function add(tokens: Tokens, text: string, start: number, end: number, gap: number): void {
  const i = tokens.count++
  tokens.starts[i] = start
  tokens.ends[i] = end
  tokens.gaps[i] = gap
  let hash = EMPTY_HASH
  for (let at = start; at < end; at++) {
    hash = hashUnit(hash, lowerOf(text.charCodeAt(at)))
    if (at === start + 2) tokens.prefix3[i] = hash
  }
  if (end - start < 3) tokens.prefix3[i] = hash
  tokens.hashes[i] = hash
  tokens.suffix2[i] = hashSlice(text, Math.max(start, end - 2), end)
  tokens.suffix3[i] = hashSlice(text, Math.max(start, end - 3), end)
  tokens.shapes[i] = shapeOf(text, start, end)
}

function hashSlice(text: string, start: number, end: number): number {
  let hash = EMPTY_HASH
  for (let at = start; at < end; at++) hash = hashUnit(hash, lowerOf(text.charCodeAt(at)))
  return hash
}

function shapeOf(text: string, start: number, end: number): number {
  let [lower, upper, digit, other] = [0, 0, 0, 0]
  for (let at = start; at < end; at++) {
    const of = classOf(text.charCodeAt(at))
    if (of === CLASS.lower) lower++
    else if (of === CLASS.upper) upper++
    else if (of === CLASS.digit) digit++
    else if (of === CLASS.letter) other++
  }
  const letters = lower + upper + other
  if (letters === 0) return digit > 0 ? SHAPE.digits : SHAPE.sign
  if (digit > 0) return SHAPE.mixed
  if (upper === 0) return lower > 0 ? SHAPE.lower : SHAPE.uncased
  if (lower === 0) return upper === 1 ? SHAPE.initial : SHAPE.upper
  const isTitle = upper === 1 && classOf(text.charCodeAt(start)) === CLASS.upper
  return isTitle ? SHAPE.title : SHAPE.camel
}

function allocate(most: number): Tokens {
  return {
    count: 0,
    starts: new Int32Array(most),
    ends: new Int32Array(most),
    hashes: new Int32Array(most),
    suffix3: new Int32Array(most),
    suffix2: new Int32Array(most),
    prefix3: new Int32Array(most),
    shapes: new Uint8Array(most),
    gaps: new Uint8Array(most),
  }
}

/** A text has about a token in four letters, but may have one in each. */
function doubled(tokens: Tokens): Tokens {
  const larger = allocate(tokens.starts.length * 2)
  larger.count = tokens.count
  larger.starts.set(tokens.starts)
  larger.ends.set(tokens.ends)
  larger.hashes.set(tokens.hashes)
  larger.suffix3.set(tokens.suffix3)
  larger.suffix2.set(tokens.suffix2)
  larger.prefix3.set(tokens.prefix3)
  larger.shapes.set(tokens.shapes)
  larger.gaps.set(tokens.gaps)
  return larger
}
