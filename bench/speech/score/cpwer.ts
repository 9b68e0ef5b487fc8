import { assign } from '../../../plugins/parakeet/diarize/assign.ts'
import { distance } from './align.ts'

export interface Said {
  word: string
  speaker: string
}

export interface CpWer {
  errors: number
  /** Words of the reference. */
  words: number
}

/**
 * Concatenated minimum-permutation word errors: the words of each speaker one after the other, in the
 * pairing of speakers with fewest errors; who has no partner is all wrong.
 */
export function cpWer(hypothesis: readonly Said[], reference: readonly Said[]): CpWer {
  const [rows, columns] = [streams(hypothesis), streams(reference)]
  // what a pairing saves against leaving both without a partner
  const saved = rows.map((row) =>
    columns.map((column) => row.length + column.length - distance(row, column)),
  )
  const alone = hypothesis.length + reference.length
  const pairs = assign(saved)
  const errors = pairs.reduce((left, column, row) => left - (saved[row]?.[column] ?? 0), alone)
  return { errors, words: reference.length }
}

function streams(said: readonly Said[]): string[][] {
  const bySpeaker = new Map<string, string[]>()
  for (const { word, speaker } of said) {
    const stream = bySpeaker.get(speaker) ?? []
    bySpeaker.set(speaker, stream)
    stream.push(word)
  }
  return [...bySpeaker.values()]
}
