import type { Turn } from '../turns.ts'

/** When one speaker speaks: stretches in order that do not touch, in seconds. */
export interface Track {
  speaker: string
  starts: Float64Array
  ends: Float64Array
  /** Seconds of speech before each stretch. */
  before: Float64Array
}

/** Turns by speaker, overlapping ones of the same speaker as one. Speakers in order of arrival. */
export function createTracks(turns: readonly Turn[]): Track[] {
  const sorted = [...turns].sort(byTime)
  const bySpeaker = new Map<string, { start: number; end: number }[]>()
  for (const { start, end, speaker } of sorted) {
    const stretches = bySpeaker.get(speaker) ?? []
    bySpeaker.set(speaker, stretches)
    const last = stretches.at(-1)
    if (last && start <= last.end) last.end = Math.max(last.end, end)
    else stretches.push({ start, end })
  }
  return [...bySpeaker].map(([speaker, stretches]) => createTrack(speaker, stretches))
}

/** Order of turns, whatever order they came in. */
export const byTime = (a: Turn, b: Turn): number =>
  a.start - b.start || a.end - b.end || (a.speaker < b.speaker ? -1 : 1)

/** The track of stretches that are in order and do not touch. */
export function createTrack(
  speaker: string,
  stretches: readonly { start: number; end: number }[],
): Track {
  let sum = 0
  const before = Float64Array.from(stretches, ({ start, end }) => {
    const sofar = sum
    sum += end - start
    return sofar
  })
  const starts = Float64Array.from(stretches, ({ start }) => start)
  const ends = Float64Array.from(stretches, ({ end }) => end)
  return { speaker, starts, ends, before }
}

/** Seconds of a track between two moments; O(log n), however many stretches lie between. */
export const sharedSeconds = (track: Track, start: number, end: number): number =>
  Math.max(0, speechUntil(track, end) - speechUntil(track, start))

function speechUntil({ starts, ends, before }: Track, time: number): number {
  let low = 0
  let high = starts.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((starts[middle] as number) <= time) low = middle + 1
    else high = middle
  }
  if (low === 0) return 0
  const last = low - 1
  const inLast = Math.min(time, ends[last] as number) - (starts[last] as number)
  return (before[last] as number) + inLast
}

/** Index of the first stretch, from `from` on, that ends at `time` or later. */
export function nextStretch({ ends }: Track, time: number, from: number): number {
  let index = from
  while (index < ends.length && (ends[index] as number) < time) index++
  return index
}
