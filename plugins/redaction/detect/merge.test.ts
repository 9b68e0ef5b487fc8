import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Candidate, WEIGHT } from './finding.ts'
import { merge } from './merge.ts'

const candidate = fc
  .record({
    start: fc.nat(80),
    length: fc.integer({ min: 0, max: 20 }),
    weight: fc.constantFrom(...Object.values(WEIGHT)),
  })
  .map(
    ({ start, length, weight }): Candidate => ({
      start,
      end: start + length,
      type: 'TERM',
      layer: 'rule',
      weight,
    }),
  )

describe('merging', () => {
  it('covers exactly what the candidates cover, sorted and disjoint', () => {
    fc.assert(
      fc.property(fc.array(candidate, { maxLength: 30 }), (candidates) => {
        const merged = merge(candidates)
        const covered = (ranges: readonly { start: number; end: number }[]) =>
          Array.from({ length: 120 }, (_, at) =>
            ranges.some(({ start, end }) => start <= at && at < end),
          )
        expect(covered(merged)).toEqual(covered(candidates))
        for (const [i, { start }] of merged.entries()) {
          expect(start).toBeGreaterThanOrEqual(merged[i - 1]?.end ?? 0)
        }
      }),
    )
  })

  it('keeps the label that is believed most, of about equals the longest one', () => {
    const one = (
      start: number,
      end: number,
      type: Candidate['type'],
      weight: number,
    ): Candidate => ({ start, end, type, layer: 'rule', weight })
    expect(merge([one(0, 20, 'NUM', WEIGHT.shape), one(4, 9, 'CARD', WEIGHT.checked)])).toEqual([
      { start: 0, end: 20, type: 'CARD', layer: 'rule' },
    ])
    expect(merge([one(0, 5, 'PERSON', 30), one(3, 20, 'ADDRESS', 28)])[0]?.type).toBe('ADDRESS')
  })
})
