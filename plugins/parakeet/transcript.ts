import type { Turn } from './turns.ts'
import type { Word } from './words.ts'

/** A stretch of a transcript, as the server cut it or as its words suggest. Seconds. */
export interface Segment {
  start: number
  end: number
  text: string
  /** Figures only some servers give (`avg_logprob`), under their own names. */
  figures?: Readonly<Record<string, unknown>>
}

/** How long the audio is, and who says so: the audio itself, or only the server. */
export interface Length {
  seconds: number
  source: 'audio' | 'server'
}

/** What a server heard, whatever shape it said it in. */
export interface Transcript {
  text: string
  language?: string
  words: Word[]
  segments: Segment[]
  length: Length | null
  /** Who spoke when, if the server said so along with the text. */
  turns: Turn[]
}
