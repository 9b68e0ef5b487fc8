import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fuseByDistribution, fuseByRank, type Ranked } from './fusion.ts'

/** A list as `id:score`, best first. */
const list = (...entries: [id: string, score: number][]): Ranked[] =>
  entries.map(([id, score]) => ({ id, score }))

/** Two lists of four whose means are 0.5 and whose deviations are a sixth, shifted and stretched. */
const DENSE = list(['1', 0.8327], ['0', 0.8176], ['2', 0.6763], ['3', 0.4734])
const SPARSE = list(['4', 6.87], ['1', 5.894], ['5', 3.943], ['3', 3.293])

const rounded = (fused: Ranked[], digits = 4) =>
  Object.fromEntries(fused.map(({ id, score }) => [id, Number(score.toFixed(digits))]))

const lists = fc.array(
  fc
    .uniqueArray(
      fc.tuple(fc.integer({ min: 0, max: 40 }), fc.float({ min: -5, max: 50, noNaN: true })),
      {
        selector: ([id]) => id,
        maxLength: 30,
      },
    )
    .map((pairs) => pairs.map(([id, score]) => ({ id: String(id), score })))
    .map((ranked) => ranked.sort((a, b) => b.score - a.score)),
  { minLength: 1, maxLength: 4 },
)

describe('fusion by rank', () => {
  it('gives the values Qdrant gives', () => {
    const { 5: tied, ...five } = rounded(fuseByRank([DENSE, SPARSE]))
    expect(five).toEqual({ 1: 0.8333, 4: 0.5, 3: 0.4, 0: 0.3333, 2: 0.25 })
    expect(tied).toBe(0.25)
  })

  it('adds 1/((position + 1)/weight + k - 1) on 1,000 random sets of lists', () => {
    fc.assert(
      fc.property(
        lists,
        fc.integer({ min: 1, max: 80 }),
        fc.array(fc.float({ min: Math.fround(0.1), max: 10, noNaN: true }), {
          minLength: 4,
          maxLength: 4,
        }),
        (given, k, weights) => {
          const fused = fuseByRank(given, k, weights)
          for (const { id, score } of fused) {
            const parts = given.map((each, n) => {
              const at = each.findIndex((entry) => entry.id === id)
              return at < 0 ? 0 : 1 / ((at + 1) / (weights[n] ?? 1) + k - 1)
            })
            expect(score).toBeCloseTo(
              parts.reduce((sum, part) => sum + part),
              4,
            )
          }
          expect(fused.length).toBe(new Set(given.flat().map(({ id }) => id)).size)
          expect(
            fused.every(({ score }, n) => n === 0 || score <= (fused[n - 1]?.score ?? 0)),
          ).toBe(true)
        },
      ),
      { numRuns: 1_000 },
    )
  })
})

describe('fusion by distribution', () => {
  it('gives the values Qdrant gives', () => {
    const { 5: sixth, ...five } = rounded(fuseByDistribution([DENSE, SPARSE]), 3)
    expect(five).toEqual({ 1: 1.222, 4: 0.687, 0: 0.618, 3: 0.603, 2: 0.476 })
    expect(sixth).toBe(0.394)
  })

  it('adds (score - mean + 3 deviations) / 6 deviations on 1,000 random sets of lists', () => {
    fc.assert(
      fc.property(lists, (given) => {
        const expected = new Map<string, number>()
        for (const each of given) {
          const scores = each.map(({ score }) => score)
          const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length
          const squares = scores.reduce((sum, score) => sum + (score - mean) ** 2, 0)
          const deviation = Math.sqrt(squares / (scores.length - 1))
          // what 32 bits cannot tell apart is left to the test of equal scores below
          fc.pre(scores.length < 2 || deviation > 0.01 * (1 + Math.abs(mean)))
          for (const { id, score } of each)
            expected.set(
              id,
              (expected.get(id) ?? 0) +
                (scores.length < 2 ? 0.5 : (score - mean + 3 * deviation) / (6 * deviation)),
            )
        }
        const fused = fuseByDistribution(given)
        for (const { id, score } of fused)
          expect(score).toBeCloseTo(expected.get(id) ?? Number.NaN, 3)
        expect(fused.length).toBe(expected.size)
      }),
      { numRuns: 1_000 },
    )
  })

  it.each([
    ['one result', list(['a', 7])],
    ['equal scores', list(['a', 7], ['b', 7], ['c', 7])],
  ])('of %s gives each a half', (_, only) => {
    expect(fuseByDistribution([only]).map(({ score }) => score)).toEqual(only.map(() => 0.5))
  })
})
