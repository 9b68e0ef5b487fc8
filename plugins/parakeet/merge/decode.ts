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
  // where each speaker stands among the candidates of the word before; -1: nowhere
  const standsAt = new Int32Array(
    1 + speakers.reduce((most, each) => Math.max(most, each), 0),
  ).fill(-1)
  let leader = -1
  for (let index = 0; index < words.length; index++) {
    const before = words[index - 1]
    const cost = before ? changeCost(before, words[index] as Word, oddsAgainst) : 0
    const from = offsets[index] as number
    const to = offsets[index + 1] as number
    const changed = leader < 0 ? 0 : (totals[leader] as number) - cost
    for (let at = from; at < to; at++) {
      const same = standsAt[speakers[at] as number] as number
      const stays = same >= 0 && (totals[same] as number) >= changed
      totals[at] = (stays ? (totals[same] as number) : changed) + (scores[at] as number)
      cameFrom[at] = stays ? same : leader
    }
    if (index > 0) forget(standsAt, speakers, offsets[index - 1] as number, from)
    leader = from
    for (let at = from; at < to; at++) {
      standsAt[speakers[at] as number] = at
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

function forget(standsAt: Int32Array, speakers: readonly number[], from: number, to: number): void {
  for (let at = from; at < to; at++) standsAt[speakers[at] as number] = -1
}
