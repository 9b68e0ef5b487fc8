import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readSparse } from './read-sparse.ts'

const terms = fc.uniqueArray(
  fc.tuple(
    fc.integer({ min: 0, max: 0xffff_ffff }),
    fc.float({ min: Math.fround(0.001), max: 50, noNaN: true }),
  ),
  { selector: ([index]) => index, maxLength: 60 },
)

const sorted = (vector: ReturnType<typeof readSparse>) =>
  vector?.indices.map((index, at) => [index, vector.values[at]]).sort(([a = 0], [b = 0]) => a - b)

describe('a sparse vector', () => {
  it('is the same in every spelling', () => {
    fc.assert(
      fc.property(terms, (pairs) => {
        const expected = [...pairs].sort(([a], [b]) => a - b)
        const spellings = [
          { indices: pairs.map(([index]) => index), values: pairs.map(([, value]) => value) },
          pairs.map(([index, value]) => ({ index, value })),
          pairs.map(([token_id, weight]) => ({ token_id, weight, token: null })),
          Object.fromEntries(pairs.map(([index, value]) => [String(index), value])),
        ]
        for (const spelling of spellings) expect(sorted(readSparse(spelling))).toEqual(expected)
      }),
    )
  })

  it('has each term once, with its larger weight, and none that weighs nothing', () => {
    const given = { indices: [7, 3, 7, 9, 4], values: [0.5, 1, 2, 0, -1] }
    expect(readSparse(given)).toEqual({ indices: [7, 3], values: [2, 1] })
    expect(readSparse({})).toEqual({ indices: [], values: [] })
    expect(readSparse([])).toEqual({ indices: [], values: [] })
  })

  it.each([
    ['lists of two lengths', { indices: [1, 2], values: [1] }],
    ['a term without a number', [{ value: 1 }]],
    ['a word for a key', { hello: 1 }],
    ['a fraction for an index', { indices: [1.5], values: [1] }],
    ['an index below 0', { indices: [-1], values: [1] }],
    ['an index of more than 32 bits', { indices: [2 ** 32], values: [1] }],
    ['a weight that is text', { '5': '1' }],
    ['a number', 5],
    ['null', null],
    ['a dense vector', [0.1, 0.2]],
  ])('is none where there is %s', (_, value) => {
    expect(readSparse(value)).toBeUndefined()
  })
})
