import fc from 'fast-check'
import { expect, it } from 'vitest'
import { assign } from './assign.ts'

it.each([
  [[], []],
  [[[]], [-1]],
  [[[0]], [-1]],
  [
    [
      [1, 2],
      [1, 3],
    ],
    [0, 1],
  ],
  [
    [[5], [7], [6]],
    [-1, 0, -1],
  ],
  [
    [
      [4, 4, 0],
      [4, 0, 0],
      [0, 0, 0],
    ],
    [1, 0, -1],
  ],
])('%j pairs as %j', (worth, pairs) => {
  expect(assign(worth)).toEqual(pairs)
})

it('no other pairing is worth more', () => {
  const matrix = fc
    .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 }))
    .chain(([rows, columns]) =>
      fc.array(
        fc.array(fc.integer({ min: 0, max: 9 }), { minLength: columns, maxLength: columns }),
        {
          minLength: rows,
          maxLength: rows,
        },
      ),
    )
  fc.assert(
    fc.property(matrix, (worth) => {
      const pairs = assign(worth)
      const taken = pairs.filter((column) => column >= 0)
      expect(new Set(taken).size).toBe(taken.length)
      const total = pairs.reduce((sum, column, row) => sum + (worth[row]?.[column] ?? 0), 0)
      expect(total).toBe(best(worth, 0, new Set()))
    }),
  )
})

function best(worth: number[][], row: number, taken: ReadonlySet<number>): number {
  const choices = worth[row]
  if (!choices) return 0
  return choices.reduce(
    (most, gain, column) =>
      taken.has(column)
        ? most
        : Math.max(most, gain + best(worth, row + 1, new Set([...taken, column]))),
    best(worth, row + 1, taken),
  )
}
