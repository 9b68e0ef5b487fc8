import type { SpokenWord } from '../diarized.ts'

/**
 * Words of all channels, in order of time, as runs of one speaker each, by when they begin. Who is
 * talked over keeps one run; it ends where she is silent for longer than `maxGapS`, or pauses while
 * another says a word.
 */
export function groupByChannel(words: readonly SpokenWord[], maxGapS: number): SpokenWord[][] {
  const runs: SpokenWord[][] = []
  const open = new Map<string, { run: SpokenWord[]; endS: number; at: number }>()
  words.forEach((word, at) => {
    const current = open.get(word.speaker)
    const goesOn =
      current !== undefined &&
      word.start - current.endS <= maxGapS &&
      !isCutInto(words, current.at, at, current.endS)
    if (goesOn) {
      current.run.push(word)
      current.endS = Math.max(current.endS, word.end)
      current.at = at
      return
    }
    const run = [word]
    runs.push(run)
    open.set(word.speaker, { run, endS: word.end, at })
  })
  return runs
}

/** Whether one of the words between two places, none of them hers, lies wholly in the pause. */
function isCutInto(words: readonly SpokenWord[], from: number, to: number, endS: number): boolean {
  const { start } = words[to] as SpokenWord
  for (let index = from + 1; index < to; index++) {
    const other = words[index] as SpokenWord
    if (other.start >= endS && other.end <= start) return true
  }
  return false
}
