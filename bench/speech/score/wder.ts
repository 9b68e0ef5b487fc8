import { assign } from '../../../plugins/parakeet/diarize/assign.ts'

export interface Wder {
  wrong: number
  /** Words aligned with a word of the reference. */
  aligned: number
}

/**
 * Word diarization errors: of the words that are aligned with a reference word, those whose speaker is
 * another one under the best one-to-one map. `truth` has the true speaker of each word, null for one
 * that is aligned with nothing; a word whose `given` speaker is null is wrong.
 */
export function wder(given: readonly (string | null)[], truth: readonly (string | null)[]): Wder {
  const rows = [...new Set(given)].filter((speaker) => speaker !== null)
  const columns = [...new Set(truth)].filter((speaker) => speaker !== null)
  const agree = rows.map(() => columns.map(() => 0))
  let aligned = 0
  truth.forEach((speaker, index) => {
    if (speaker === null) return
    aligned += 1
    const row = agree[rows.indexOf(given[index] ?? '')]
    const column = columns.indexOf(speaker)
    if (row) row[column] = (row[column] ?? 0) + 1
  })
  const right = assign(agree).reduce((sum, column, row) => sum + (agree[row]?.[column] ?? 0), 0)
  return { wrong: aligned - right, aligned }
}
