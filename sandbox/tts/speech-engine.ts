import type { Share } from './voices.ts'

export const SAMPLE_RATE_HZ = 24_000

/** What is to be said. */
export interface Utterance {
  text: string
  voice: readonly Share[]
  /** 0.25 to 4, 1 as usual. */
  speed: number
  volume: number
}

export interface TimedWord {
  word: string
  start_time: number
  end_time: number
}

/** The samples of one sentence, with the times of its words in it. */
export interface Sentence {
  text: string
  samples: Int16Array
  words: TimedWord[]
}

/** What makes sound of text: formants in the sandbox, flite where real speech is wanted. */
export interface SpeechEngine {
  voices: readonly string[]
  speak(utterance: Utterance, signal: AbortSignal): AsyncIterable<Sentence>
}

const segmenter = new Intl.Segmenter('en', { granularity: 'sentence' })

/** Sentences with something to say. */
export const sentencesOf = (text: string): string[] =>
  [...segmenter.segment(text)]
    .map(({ segment }) => segment.trim())
    .filter((segment) => /[\p{L}\p{N}]/u.test(segment))
