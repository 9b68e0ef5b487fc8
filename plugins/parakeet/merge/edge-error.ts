import type { Turn } from '../turns.ts'
import type { Word } from '../words.ts'
import { createTracks } from './tracks.ts'

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
  const { starts, ends } = anyone
  const gaps = new Float64Array(ends.length + 1)
  let index = 0
  for (const word of words) {
    while (index < ends.length && (ends[index] as number) <= word.start) index++
    let from = word.start
    let gap = index
    for (; gap < ends.length && (starts[gap] as number) < word.end; gap++) {
      gaps[gap] = (gaps[gap] as number) + Math.max(0, (starts[gap] as number) - from)
      from = Math.max(from, ends[gap] as number)
    }
    gaps[gap] = (gaps[gap] as number) + Math.max(0, word.end - from)
  }
  const uncovered = gaps.reduce((sum, gap) => sum + Math.min(gap, MOST_IN_GAP_S), 0)
  return (WIDTH_PER_UNCOVERED * uncovered) / (2 * ends.length + TRUSTED_EDGES)
}
