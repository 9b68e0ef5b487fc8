import type { SpokenWord } from './diarized.ts'
import { createTrack, sharedSeconds, type Track } from './tracks.ts'

/** Marks words that for half of their time somebody else speaks over. */
export function markOverlap(words: readonly SpokenWord[], tracks: readonly Track[]): void {
  const together = togetherOf(tracks)
  for (const word of words) {
    const sharedS = sharedSeconds(together, word.start, word.end)
    if (sharedS > 0 && sharedS >= (word.end - word.start) / 2) word.overlap = true
  }
}

/** When two or more speak at once. */
function togetherOf(tracks: readonly Track[]): Track {
  const edges = tracks.flatMap(({ starts, ends }) => [
    ...Array.from(starts, (time) => ({ time, step: 1 })),
    ...Array.from(ends, (time) => ({ time, step: -1 })),
  ])
  // where one ends as another begins nobody overlaps
  edges.sort((a, b) => a.time - b.time || a.step - b.step)
  const together: { start: number; end: number }[] = []
  let speaking = 0
  for (const { time, step } of edges) {
    if (speaking === 1 && step === 1) together.push({ start: time, end: time })
    const last = together.at(-1)
    if (speaking === 2 && step === -1 && last) last.end = time
    speaking += step
  }
  return createTrack('together', together)
}
