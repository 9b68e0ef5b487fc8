import type { RawWord } from './raw-word.ts'

/**
 * How many of the server's units a second has: 1, or 1000 where it counts milliseconds. No word lasts
 * 20 seconds, and no speech goes far beyond the end of its audio; both hold in seconds only.
 */
export function unitsPerSecond(
  words: readonly Pick<RawWord, 'start' | 'end'>[],
  lengthS: number | undefined,
): 1 | 1000 {
  let last = 0
  const lengths: number[] = []
  for (const { start, end } of words) {
    last = Math.max(last, start ?? 0, end ?? 0)
    if (start !== undefined && end !== undefined && end > start) lengths.push(end - start)
  }
  if (lengthS !== undefined) return last > 2 * lengthS + 5 ? 1000 : 1
  lengths.sort((a, b) => a - b)
  const usual = lengths[Math.floor(lengths.length / 2)] ?? 0
  return usual > LONGEST_WORD_S ? 1000 : 1
}

const LONGEST_WORD_S = 20
