import type { Turn } from '../turns.ts'
import type { Word } from '../words.ts'
import { byTime } from './tracks.ts'

/** By how much a pause and the end of a sentence make a change of speaker likelier, in log odds. */
const FOR_PAUSE = 3
const WHOLE_PAUSE_S = 0.5
const FOR_SENTENCE = 3

/**
 * The log odds against a change of speaker after any word, seen by how often the turns change: high
 * in a lecture, low in banter. It is what a change costs in the middle of running speech.
 */
export function oddsAgainstChange(words: number, turns: readonly Turn[]): number {
  const inOrder = [...turns].sort(byTime)
  const changes = inOrder.filter(
    ({ speaker }, index) => index > 0 && inOrder[index - 1]?.speaker !== speaker,
  ).length
  // half a change more, so that none seen is not taken for impossible
  const share = Math.min(0.5, (changes + 0.5) / (words + 1))
  return Math.log((1 - share) / share)
}

/** What it costs that another speaker begins with the word after `before`. */
export function changeCost(before: Word, after: Word, oddsAgainst: number): number {
  const pauseS = Math.min(Math.max(0, after.start - before.end), WHOLE_PAUSE_S)
  const forSentence = endsSentence(before.word) ? FOR_SENTENCE : 0
  return Math.max(0, oddsAgainst - forSentence - (FOR_PAUSE * pauseS) / WHOLE_PAUSE_S)
}

/** Whether a word ends a sentence, quotes and brackets behind the mark included. */
export const endsSentence = (word: string): boolean => SENTENCE_END.test(word)

const SENTENCE_END = /[.?!…。！？؟।]["'”’»)\]]{0,4}\s*$/
