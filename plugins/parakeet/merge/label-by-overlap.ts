import type { Word } from '../words.ts'
import { nextStretch, sharedSeconds, type Track } from './tracks.ts'

/**
 * For every word the speaker (index of its track) who shares most of its time; of those who share
 * none, the one with the nearest edge. Among equals the one whose turn ends first: an interjection.
 * `words` are in order of time.
 */
export function labelByOverlap(words: readonly Word[], tracks: readonly Track[]): Int32Array {
  const next = new Int32Array(tracks.length)
  return Int32Array.from(words, (word) => {
    let best = { speaker: 0, shared: Number.NEGATIVE_INFINITY, until: Number.POSITIVE_INFINITY }
    for (const [speaker, track] of tracks.entries()) {
      const index = nextStretch(track, word.start, next[speaker] as number)
      next[speaker] = index
      const found = { speaker, ...share(word, track, index) }
      const isMore = found.shared > best.shared
      if (isMore || (found.shared === best.shared && found.until < best.until)) best = found
    }
    return best.speaker
  })
}

/** Seconds shared with a track; if none, how far away it is, negative. */
function share({ start, end }: Word, track: Track, next: number) {
  const { starts, ends } = track
  const ahead = Math.max(0, (starts[next] ?? Number.POSITIVE_INFINITY) - end)
  const shared = ahead > 0 ? 0 : sharedSeconds(track, start, end)
  if (shared > 0) return { shared, until: ends[next] as number }
  const behind = start - (ends[next - 1] ?? Number.NEGATIVE_INFINITY)
  const nearest = behind < ahead ? next - 1 : next
  return { shared: -Math.min(ahead, behind), until: ends[nearest] ?? Number.POSITIVE_INFINITY }
}
