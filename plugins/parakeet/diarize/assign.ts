/**
 * Pairs rows with columns so that the sum of the worth of all pairs is highest (Hungarian algorithm by
 * shortest augmenting paths, O(rows² · columns)). Returns the column of each row, -1 where it has none;
 * a pair worth nothing is none.
 */
export function assign(worth: readonly (readonly number[])[]): number[] {
  const rows = worth.length
  const columns = Math.max(rows, worth[0]?.length ?? 0)
  const cost = (row: number, column: number): number => -(worth[row - 1]?.[column - 1] ?? 0)
  const rowPotential = new Float64Array(rows + 1)
  const columnPotential = new Float64Array(columns + 1)
  // row that a column belongs to; column 0 holds the row that is being placed
  const owner = new Int32Array(columns + 1)
  for (let row = 1; row <= rows; row++) {
    owner[0] = row
    const slack = new Float64Array(columns + 1).fill(Number.POSITIVE_INFINITY)
    const cameFrom = new Int32Array(columns + 1)
    const isUsed = new Uint8Array(columns + 1)
    let column = 0
    do {
      isUsed[column] = 1
      const at = owner[column] as number
      let nearest = 0
      let step = Number.POSITIVE_INFINITY
      for (let other = 1; other <= columns; other++) {
        if (isUsed[other]) continue
        const reduced =
          cost(at, other) - (rowPotential[at] as number) - (columnPotential[other] as number)
        if (reduced < (slack[other] as number)) {
          slack[other] = reduced
          cameFrom[other] = column
        }
        if ((slack[other] as number) < step) {
          step = slack[other] as number
          nearest = other
        }
      }
      for (let other = 0; other <= columns; other++) {
        if (isUsed[other]) {
          const held = owner[other] as number
          rowPotential[held] = (rowPotential[held] as number) + step
          columnPotential[other] = (columnPotential[other] as number) - step
        } else slack[other] = (slack[other] as number) - step
      }
      column = nearest
    } while (owner[column] !== 0)
    while (column !== 0) {
      const before = cameFrom[column] as number
      owner[column] = owner[before] as number
      column = before
    }
  }
  const found = new Array<number>(rows).fill(-1)
  for (let column = 1; column <= columns; column++) {
    const row = owner[column] as number
    if (row > 0 && cost(row, column) < 0) found[row - 1] = column - 1
  }
  return found
}
