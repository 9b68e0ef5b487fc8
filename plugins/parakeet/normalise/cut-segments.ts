import type { Segment } from '../transcript.ts'
import type { Word } from '../words.ts'

const LONGEST_S = 20
const PAUSE_S = 1

/** Segments where a server gives none: sentences, cut at pauses and where one goes on for too long. */
export function cutSegments(words: readonly Word[]): Segment[] {
  const segments: Segment[] = []
  let from = 0
  words.forEach((word, at) => {
    const next = words[at + 1]
    const isEnd =
      next === undefined ||
      /[.?!…]["'”’)]*$/u.test(word.word) ||
      next.start - word.end > PAUSE_S ||
      next.end - (words[from] as Word).start > LONGEST_S
    if (!isEnd) return
    segments.push(segmentOf(words.slice(from, at + 1)))
    from = at + 1
  })
  return segments
}

/** One segment of words that follow each other. */
function segmentOf(words: readonly Word[]): Segment {
  const text = words.map(({ word }) => word).join(' ')
  const ends = words.map(({ end }) => end)
  return { start: words[0]?.start ?? 0, end: Math.max(...ends), text }
}
