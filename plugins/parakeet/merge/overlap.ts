import type { SpokenWord } from './diarized.ts'
import type { Track } from './tracks.ts'

/** Marks words, which are in order of time, that for half of their time somebody else speaks over. */
export function markOverlap(words: SpokenWord[], tracks: readonly Track[]): void {
  const shared = sharedStretches(tracks)
  let next = 0
  for (const word of words) {
    while (next < shared.length && (shared[next] as Stretch).end <= word.start) next++
    let sharedS = 0
    for (let at = next; at < shared.length && (shared[at] as Stretch).start < word.end; at++) {
      const { start, end } = shared[at] as Stretch
      sharedS += Math.min(end, word.end) - Math.max(start, word.start)
    }
    if (sharedS > 0 && sharedS >= (word.end - word.start) / 2) word.overlap = true
  }
}

interface Stretch {
  start: number
  end: number
}

/** When two or more speak at once, in order. */
function sharedStretches(tracks: readonly Track[]): Stretch[] {
  const edges = tracks.flatMap(({ starts, ends }) => [
    ...Array.from(starts, (time) => ({ time, step: 1 })),
    ...Array.from(ends, (time) => ({ time, step: -1 })),
  ])
  // where one ends as another begins nobody overlaps
  edges.sort((a, b) => a.time - b.time || a.step - b.step)
  const shared: Stretch[] = []
  let speaking = 0
  for (const { time, step } of edges) {
    if (speaking === 1 && step === 1) shared.push({ start: time, end: time })
    if (speaking === 2 && step === -1) (shared.at(-1) as Stretch).end = time
    speaking += step
  }
  return shared
}
