/** A word as it is compared: without case and marks. */
export const plain = (word: string): string => word.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')

const DIAGONAL = 0
const UP = 1
const LEFT = 2

/**
 * For each hypothesised word the index of the reference word it is aligned with by edit distance, or -1
 * if it was inserted. Where several alignments are best, words are paired rather than left out.
 */
export function align(hypothesis: readonly string[], reference: readonly string[]): Int32Array {
  const rows = hypothesis.length
  const columns = reference.length
  const steps = new Uint8Array((rows + 1) * (columns + 1))
  let above = Int32Array.from({ length: columns + 1 }, (_, column) => column)
  steps.fill(LEFT, 1, columns + 1)
  for (let row = 1; row <= rows; row++) {
    const current = new Int32Array(columns + 1)
    current[0] = row
    const offset = row * (columns + 1)
    steps[offset] = UP
    for (let column = 1; column <= columns; column++) {
      const isSame = hypothesis[row - 1] === reference[column - 1]
      const paired = (above[column - 1] as number) + (isSame ? 0 : 1)
      const inserted = (above[column] as number) + 1
      const deleted = (current[column - 1] as number) + 1
      const least = Math.min(paired, inserted, deleted)
      current[column] = least
      if (paired > least) steps[offset + column] = inserted === least ? UP : LEFT
    }
    above = current
  }
  return walkBack(steps, rows, columns)
}

function walkBack(steps: Uint8Array, rows: number, columns: number): Int32Array {
  const aligned = new Int32Array(rows).fill(-1)
  let [row, column] = [rows, columns]
  while (row > 0 || column > 0) {
    const step = steps[row * (columns + 1) + column]
    if (step === DIAGONAL) aligned[row - 1] = column - 1
    if (step !== LEFT) row -= 1
    if (step !== UP) column -= 1
  }
  return aligned
}

/** How many words must be changed, added or left out. */
export function distance(a: readonly string[], b: readonly string[]): number {
  let above = Int32Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row++) {
    const current = new Int32Array(b.length + 1)
    current[0] = row
    for (let column = 1; column <= b.length; column++) {
      const paired = (above[column - 1] as number) + (a[row - 1] === b[column - 1] ? 0 : 1)
      current[column] = Math.min(
        paired,
        (above[column] as number) + 1,
        (current[column - 1] as number) + 1,
      )
    }
    above = current
  }
  return above[b.length] as number
}
