import type { Segment, Transcript } from '../transcript.ts'
import type { Word } from '../words.ts'

/** A subtitle: what stands on the screen from when to when, in seconds. */
export interface Cue {
  start: number
  end: number
  text: string
}

/** Two lines of 42 characters and seven seconds are what subtitlers go by. */
const MOST_CHARACTERS = 84
const LONGEST_S = 7

/** Subtitles of a transcript: its segments, those cut at words that are too long to be read. */
export function cutCues({ segments, words }: Pick<Transcript, 'segments' | 'words'>): Cue[] {
  let at = 0
  return segments.flatMap((segment) => {
    const from = at
    while (at < words.length && middle(words[at] as Word) < segment.end) at += 1
    const own = words.slice(from, at)
    return isLong(segment) && own.length > 1 ? cutWords(own) : [segment]
  })
}

const isLong = ({ start, end, text }: Segment): boolean =>
  end - start > LONGEST_S || text.length > MOST_CHARACTERS

const middle = ({ start, end }: Word): number => (start + end) / 2

function cutWords(words: readonly Word[]): Cue[] {
  const cues: Cue[] = []
  for (const { word, start, end } of words) {
    const last = cues.at(-1)
    const text = last ? `${last.text} ${word}` : word
    if (last && text.length <= MOST_CHARACTERS && end - last.start <= LONGEST_S) {
      last.text = text
      last.end = end
    } else cues.push({ start, end, text: word })
  }
  return cues
}
