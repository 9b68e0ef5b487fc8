import type { Word } from '../words.ts'
import { endsSentence } from './change-cost.ts'

/** Longer ones are not trusted to be one sentence. */
const MOST_WORDS = 50

/**
 * Gives each sentence of up to 50 words to the speaker of more than half of it, in place. It mends
 * turns that are off by a second or more and wipes out true interruptions.
 */
export function realignSentences(words: readonly Word[], speakers: Int32Array): void {
  let from = 0
  for (let index = 0; index < words.length; index++) {
    const isLast = index === words.length - 1
    if (!isLast && !endsSentence((words[index] as Word).word)) continue
    const sentence = speakers.subarray(from, index + 1)
    if (sentence.length <= MOST_WORDS) {
      const majority = majorityOf(sentence)
      if (majority !== undefined) sentence.fill(majority)
    }
    from = index + 1
  }
}

function majorityOf(speakers: Int32Array): number | undefined {
  const counts = new Map<number, number>()
  for (const speaker of speakers) counts.set(speaker, (counts.get(speaker) ?? 0) + 1)
  return [...counts].find(([, count]) => count > speakers.length / 2)?.[0]
}
