import type { Turn } from '../turns.ts'
import type { Word } from '../words.ts'
import { createTracks, nextStretch, sharedSeconds } from './tracks.ts'

/** What one gap between turns may add: beyond it speech was missed, which says nothing of edges. */
const MOST_IN_GAP_S = 3

/** So many edges that fit are taken for granted, so that a handful of turns is believed. */
const TRUSTED_EDGES = 10

/** An edge off by a Gaussian of width s leaves s / √(2π) of speech uncovered on average. */
const WIDTH_PER_UNCOVERED = Math.sqrt(2 * Math.PI)

/**
 * How far edges of turns are off, in seconds (a standard deviation), seen by the speech that no turn
 * covers: true turns cover every word. `words` are in order of time.
 */
export function estimateEdgeError(words: readonly Word[], turns: readonly Turn[]): number {
  const [anyone] = createTracks(turns.map((turn) => ({ ...turn, speaker: 'anyone' })))
  if (!anyone) return 0
  const gaps = new Float64Array(anyone.ends.length + 1)
  let next = 0
  for (const word of words) {
    next = nextStretch(anyone, word.start, next)
    const uncovered = word.end - word.start - sharedSeconds(anyone, word.start, word.end)
    // a word that hangs over the end of a stretch is in the gap after it
    const isBefore = word.start < (anyone.starts[next] ?? Number.POSITIVE_INFINITY)
    const gap = isBefore ? next : next + 1
    gaps[gap] = (gaps[gap] as number) + Math.max(0, uncovered)
  }
  const uncovered = gaps.reduce((sum, gap) => sum + Math.min(gap, MOST_IN_GAP_S), 0)
  return (WIDTH_PER_UNCOVERED * uncovered) / (2 * anyone.ends.length + TRUSTED_EDGES)
}
