import { GAP, SHAPE, type Tokens } from './tokens.ts'

/** Whether capitals mean anything where a token stands. */
export const CASING = { cased: 0, small: 1, capitals: 2 } as const

const COLON = 0x3a
/** Fewer words in small letters tell nothing about a segment. */
const LEAST_WORDS = 3

/**
 * By token. A text without capitals is all small; in another one a segment (a line, or what follows a colon as in
 * "Speaker 1: …") is small if it begins with a small letter and has no capital.
 */
export function casingsOf(text: string, tokens: Tokens): Uint8Array {
  const casings = new Uint8Array(tokens.count).fill(casingOf(tokens))
  if (casings[0] !== CASING.cased) return casings
  let start = 0
  for (let i = 1; i <= tokens.count; i++) {
    if (i < tokens.count && !beginsSegment(text, tokens, i)) continue
    if (isSmall(tokens, start, i)) casings.fill(CASING.small, start, i)
    start = i
  }
  return casings
}

/** Of a whole text. */
function casingOf({ shapes, count }: Tokens): number {
  let [capital, small, all] = [0, 0, 0]
  for (let i = 0; i < count; i++) {
    const shape = shapes[i]
    if (shape === SHAPE.title || shape === SHAPE.camel) capital++
    else if (shape === SHAPE.lower) small++
    else if (shape === SHAPE.upper) all++
  }
  if (capital === 0 && all * 20 <= small) return CASING.small
  return all > 3 && all > 4 * (capital + small) ? CASING.capitals : CASING.cased
}

function beginsSegment(text: string, { gaps, starts }: Tokens, i: number): boolean {
  if (gaps[i] === GAP.line) return true
  return gaps[i] === GAP.space && text.charCodeAt(starts[i - 1] as number) === COLON
}

function isSmall({ shapes }: Tokens, start: number, end: number): boolean {
  let small = 0
  for (let i = start; i < end; i++) {
    const shape = shapes[i]
    if (shape === SHAPE.lower) small++
    else if (shape === SHAPE.title || shape === SHAPE.camel || shape === SHAPE.upper) return false
    else if (small === 0 && shape === SHAPE.initial) return false
  }
  return small >= LEAST_WORDS
}
