import type { Candidate } from '../finding.ts'
import type { Rule, RuleContext } from './rule.ts'

/** A pattern that is tried only where a word with a digit begins, or the short word before it. */
export interface Anchored {
  name: string
  at(text: string, start: number, context: RuleContext): Candidate | null
}

/** Runs all anchored patterns over one list of places, since most of a text has no digit at all. */
export const anchored = (name: string, patterns: readonly Anchored[]): Rule => ({
  name,
  find: ({ text, anchors }, context) =>
    patterns.flatMap((pattern) => tryAll(pattern, text, anchors, context)),
})

/** After a hit the search goes on behind it. */
function tryAll(
  pattern: Anchored,
  text: string,
  places: readonly number[],
  context: RuleContext,
): Candidate[] {
  const candidates: Candidate[] = []
  let end = 0
  for (const place of places) {
    if (place < end) continue
    const candidate = pattern.at(text, place, context)
    if (!candidate) continue
    candidates.push(candidate)
    end = candidate.end
  }
  return candidates
}

/** Starts of words of letters and digits that have a digit, and of up to 4 letters right before one. */
export function anchorsOf(text: string): number[] {
  const places: number[] = []
  let wordStart = -1
  let hasDigit = false
  let lastWord = { start: -1, end: -10 }
  for (let i = 0; i <= text.length; i++) {
    const code = i < text.length ? text.charCodeAt(i) : 0
    const isDigit = code >= 48 && code <= 57
    if (isDigit || isLetter(code)) {
      if (wordStart < 0) wordStart = i
      hasDigit ||= isDigit
      continue
    }
    if (wordStart < 0) continue
    if (hasDigit) {
      const isNear = wordStart - lastWord.end <= 2 && lastWord.end - lastWord.start <= 4
      if (isNear && places.at(-1) !== lastWord.start) places.push(lastWord.start)
      places.push(wordStart)
    }
    lastWord = { start: wordStart, end: i }
    wordStart = -1
    hasDigit = false
  }
  return places
}

const isLetter = (code: number): boolean =>
  (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code > 0x7f

/** Digits from a place on, across single separators, with the place where each count of digits ends. */
export interface DigitRun {
  digits: string
  /** `ends[n - 1]` is the offset behind the n-th digit. */
  ends: number[]
  /** Whether the n-th digit is the last one of its group. */
  closes: boolean[]
}

const SEPARATOR = /[ .\-/\u00a0]/

export function digitRun(text: string, start: number, max: number): DigitRun {
  const run: DigitRun = { digits: '', ends: [], closes: [] }
  let i = start
  while (run.digits.length < max && isDigitAt(text, i)) {
    const isLast = !isDigitAt(text, i + 1)
    run.digits += text.charAt(i)
    run.ends.push(i + 1)
    run.closes.push(isLast)
    i++
    if (isLast && SEPARATOR.test(text.charAt(i)) && isDigitAt(text, i + 1)) i++
  }
  return run
}

export const isDigitAt = (text: string, at: number): boolean => {
  const code = text.charCodeAt(at)
  return code >= 48 && code <= 57
}
