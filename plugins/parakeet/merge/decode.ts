import type { Word } from '../words.ts'
import { changeCost } from './change-cost.ts'
import type { Evidence } from './evidence.ts'

/**
 * The sequence of speakers (indices of tracks) that has most evidence for it after the cost of its
 * changes: Viterbi's, linear in the number of words. `words` are in order of time and have evidence.
 */
export function decodeSpeakers(
  words: readonly Word[],
  evidence: Evidence,
  oddsAgainst: number,
): Int32Array {
  const { offsets, speakers, scores } = evidence
  const totals = new Float64Array(speakers.length)
  // position among the candidates of the word before that leads here
  const cameFrom = new Int32Array(speakers.length)
  const seenAt = new Map<number, number>()
  let leader = -1
  for (let index = 0; index < words.length; index++) {
    const before = words[index - 1]
    const cost = before ? changeCost(before, words[index] as Word, oddsAgainst) : 0
    const from = offsets[index] as number
    const to = offsets[index + 1] as number
    const changed = leader < 0 ? 0 : (totals[leader] as number) - cost
    for (let at = from; at < to; at++) {
      const same = seenAt.get(speakers[at] as number)
      const stays = same !== undefined && (totals[same] as number) >= changed
      totals[at] = (stays ? (totals[same] as number) : changed) + (scores[at] as number)
      cameFrom[at] = stays ? same : leader
    }
    seenAt.clear()
    leader = from
    for (let at = from; at < to; at++) {
      seenAt.set(speakers[at] as number, at)
      if ((totals[at] as number) > (totals[leader] as number)) leader = at
    }
  }
  const decoded = new Int32Array(words.length)
  for (let index = words.length - 1, at = leader; index >= 0; index--) {
    decoded[index] = speakers[at] as number
    at = cameFrom[at] as number
  }
  return decoded
}
