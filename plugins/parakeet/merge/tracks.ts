import type { Turn } from '../turns.ts'

/** When one speaker speaks: stretches in order that do not touch, in seconds. */
export interface Track {
  speaker: string
  starts: Float64Array
  ends: Float64Array
}

/** Turns by speaker, overlapping ones of the same speaker as one. Speakers in order of arrival. */
export function createTracks(turns: readonly Turn[]): Track[] {
  const sorted = [...turns].sort((a, b) => a.start - b.start || a.end - b.end)
  const bySpeaker = new Map<string, { start: number; end: number }[]>()
  for (const { start, end, speaker } of sorted) {
    const stretches = bySpeaker.get(speaker) ?? []
    bySpeaker.set(speaker, stretches)
    const last = stretches.at(-1)
    if (last && start <= last.end) last.end = Math.max(last.end, end)
    else stretches.push({ start, end })
  }
  return [...bySpeaker].map(([speaker, stretches]) => ({
    speaker,
    starts: Float64Array.from(stretches, ({ start }) => start),
    ends: Float64Array.from(stretches, ({ end }) => end),
  }))
}

/** Index of the first stretch, from `from` on, that ends at `time` or later. */
export function nextStretch({ ends }: Track, time: number, from: number): number {
  let index = from
  while (index < ends.length && (ends[index] as number) < time) index++
  return index
}
