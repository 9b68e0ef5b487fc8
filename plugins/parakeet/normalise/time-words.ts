import type { Word } from '../words.ts'
import type { RawWord } from './raw-word.ts'
import { spreadOver } from './spread.ts'

/** How long a word lasts at most if nothing tells its end. */
const USUAL_WORD_S = 0.5

/**
 * Gives every word its times in seconds. What has a start but no end lasts until the next word, half
 * a second at most; a run of words without a start is spread between its neighbours, and marked.
 */
export function timeWords(
  raw: readonly RawWord[],
  unitsPerSecond: number,
  lengthS: number | undefined,
): Word[] {
  const limit = lengthS ?? Number.POSITIVE_INFINITY
  const toSeconds = (time: number) => Math.min(time / unitsPerSecond, limit)
  const words: Word[] = []
  for (let at = 0; at < raw.length; ) {
    const { start } = raw[at] as RawWord
    const next = nextTimed(raw, start === undefined ? at : at + 1)
    const nextS = raw[next]?.start === undefined ? undefined : toSeconds(raw[next].start)
    if (start !== undefined) {
      words.push(timed(raw[at] as RawWord, toSeconds(start), nextS, toSeconds, limit))
      at += 1
      continue
    }
    const from = words.at(-1)?.end ?? 0
    const to = Math.min(nextS ?? from + (next - at) * USUAL_WORD_S, limit)
    const untimed = raw.slice(at, next).map(({ word }) => word.trim())
    words.push(...spreadOver(untimed, from, Math.max(from, to)))
    at = next
  }
  return words
}

function nextTimed(raw: readonly RawWord[], from: number): number {
  let at = from
  while (at < raw.length && raw[at]?.start === undefined) at += 1
  return at
}

function timed(
  { word, end, confidence }: RawWord,
  start: number,
  nextS: number | undefined,
  toSeconds: (time: number) => number,
  limit: number,
): Word {
  const guess = Math.min(nextS !== undefined && nextS > start ? nextS : limit, start + USUAL_WORD_S)
  const until = end === undefined ? guess : toSeconds(end)
  return {
    word: word.trim(),
    start,
    end: Math.max(start, until),
    ...(confidence !== undefined && { confidence }),
  }
}
