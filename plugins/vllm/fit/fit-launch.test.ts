import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cacheBytes } from '../config/hybrid-blocks.ts'
import type { Layout } from '../config/layout.ts'
import { judgeFit } from './fit-launch.ts'
import type { Place } from './fit-places.ts'
import type { FitWanted } from './fit-wanted.ts'

const GIB = 2 ** 30
/** 128 KiB of bf16 cache a token, so that 8,192 tokens take 1 GiB. */
const layout: Layout = {
  groups: [{ kind: 'full', count: 64, kvHeads: 8, keyDim: 64, valueDim: 64 }],
}
const wantedOf = (change: Partial<FitWanted> = {}): FitWanted => ({
  ...{ weightBytes: 30 * GIB, layout, heads: 32, contextLimit: 131_072 },
  ...{ parts: 1, context: 65_536, utilization: 0.7, cache: { elementBytes: 2 } },
  ...change,
})
const placeOf = (change: Partial<Place> = {}): Place => ({
  ...{ host: 'spark-1', gpu: null, totalBytes: 120 * GIB, freeBytes: 100 * GIB },
  ...{ reclaimableBytes: 10 * GIB, freedBytes: 0, others: [] },
  ...change,
})
const judge = (wanted: Partial<FitWanted> = {}, ...places: Partial<Place>[]) => {
  const found = (places.length > 0 ? places : [{}]).map(placeOf)
  return judgeFit(wantedOf(wanted), found, [...new Set(found.map(({ host }) => host))])
}

describe('the sum for a GPU', () => {
  it('is weights, cache and overhead, against what is free once the present model stopped', () => {
    const [place] = judge({}, { freeBytes: 20 * GIB, freedBytes: 70 * GIB }).places
    expect(place).toMatchObject({
      weightBytes: 30 * GIB,
      cacheBytes: 8 * GIB,
      overheadBytes: 8 * GIB,
      needBytes: 46 * GIB,
      asksBytes: 84 * GIB,
      roomBytes: 100 * GIB,
    })
  })

  it('is a part of it where machines share the model', () => {
    const wanted = { parts: 2, cache: { elementBytes: 2, tensorParallel: 2 } } as const
    const { places } = judge(wanted, {}, { host: 'spark-2' })
    expect(places.map(({ needBytes }) => needBytes)).toEqual([27 * GIB, 27 * GIB])
  })

  it('counts less for the engine on a card of its own', () => {
    expect(judge({}, { gpu: 0, reclaimableBytes: 0 }).places[0]?.overheadBytes).toBe(4 * GIB)
  })
})

describe('the verdict', () => {
  it.each<[string, Partial<FitWanted>, Partial<Place>, string, string[]]>([
    ['room for all', {}, {}, 'fits', []],
    ['more than there is', { weightBytes: 120 * GIB }, {}, 'does_not_fit', ['too_large']],
    [
      'a share that is not free',
      { utilization: 0.95 },
      {},
      'does_not_fit',
      ['share_too_large', 'freezes'],
    ],
    [
      'a share without room for the context',
      { utilization: 0.3 },
      {},
      'does_not_fit',
      ['share_too_small'],
    ],
    [
      'a share that is free but for kept files',
      { utilization: 0.85 },
      {},
      'tight',
      ['files_in_the_way'],
    ],
    ['little to spare', { utilization: 0.39 }, {}, 'tight', ['close']],
    [
      'a share at which machines froze',
      { utilization: 0.89 },
      { freeBytes: 120 * GIB },
      'tight',
      ['freezes'],
    ],
    ['that share on a card', { utilization: 0.89 }, { gpu: 0, freeBytes: 120 * GIB }, 'fits', []],
    [
      'a present model nobody measured',
      {},
      { freedBytes: null, freeBytes: GIB },
      'tight',
      ['unmeasured'],
    ],
    ['a cache nobody can count', { layout: null }, {}, 'tight', ['cache_unknown']],
    ['heads that do not split', { parts: 3 }, {}, 'does_not_fit', ['uneven']],
  ])('%s', (_, wanted, place, verdict, kinds) => {
    const fit = judge(wanted, place)
    expect(fit.troubles.map(({ kind }) => kind)).toEqual(kinds)
    expect(fit.verdict).toBe(verdict)
  })

  it('is that of the machine that is worst off', () => {
    const { troubles } = judge({ utilization: 0.85 }, {}, { host: 'spark-2', freeBytes: 50 * GIB })
    expect(troubles).toMatchObject([{ kind: 'share_too_large', place: { host: 'spark-2' } }])
  })

  it('names machines of which nothing is known', () => {
    const fit = judgeFit(wantedOf(), [placeOf()], ['spark-1', 'spark-2'])
    expect(fit).toMatchObject({
      verdict: 'tight',
      troubles: [{ kind: 'unmeasured', hosts: ['spark-2'] }],
    })
  })
})

describe('what would work', () => {
  it.each<[string, Partial<FitWanted>, Partial<Place>, number | null]>([
    ['the need in hundredths, rounded up', {}, {}, 0.39],
    ['none where the need is not there', { weightBytes: 120 * GIB }, {}, null],
    ['none where what stops was never measured', {}, { freedBytes: null }, null],
    [
      'not below what settings take',
      { weightBytes: 0, context: 0 },
      { totalBytes: 900 * GIB },
      0.05,
    ],
  ])('the least share: %s', (_, wanted, place, share) => {
    expect(judge(wanted, place).smallestUtilization).toBe(share)
  })

  it.each<[string, Partial<FitWanted>, Partial<Place>, number | null]>([
    ['the model’s own limit', {}, {}, 131_072],
    ['what its share leaves', { utilization: 0.35 }, {}, 4 * 8192],
    ['what is there, if that is less', {}, { freeBytes: 30 * GIB }, 2 * 8192],
    ['none', { utilization: 0.3 }, {}, 0],
    ['unknown', { layout: null }, {}, null],
  ])('the longest context: %s', (_, wanted, place, tokens) => {
    expect(judge(wanted, place).largestContext).toBe(tokens)
  })

  it('counts the sequences of full length that go at once', () => {
    expect(judge().concurrency).toBe((84 - 38) / 8)
  })

  it.each<[string, [string, number][], string[] | undefined]>([
    [
      'the smallest that is enough',
      [
        ['big', 30],
        ['middle', 12],
        ['small', 2],
      ],
      ['middle'],
    ],
    [
      'the largest, until it is enough',
      [
        ['big', 6],
        ['middle', 5],
        ['small', 2],
      ],
      ['big', 'middle'],
    ],
    ['nothing, where all is not enough', [['small', 2]], undefined],
  ])('to stop: %s', (_, others, names) => {
    const named = others.map(([name, gib]) => ({ name, bytes: gib * GIB }))
    const fit = judge({}, { freeBytes: 64 * GIB, others: named })
    expect(fit.stop).toEqual(names ? [{ host: 'spark-1', names }] : [])
  })

  it('is true: the least share works, less does not; the longest context fits, one more does not', () => {
    const gib = (min: number, max: number) =>
      fc.double({ min, max, noNaN: true }).map((n) => n * GIB)
    const machine = fc.record({
      ...{ freeBytes: gib(1, 110), reclaimableBytes: gib(0, 10) },
      freedBytes: fc.constantFrom(0, 10 * GIB),
    })
    const model = fc.record({
      weightBytes: gib(1, 140),
      context: fc.integer({ min: 256, max: 131_072 }),
      utilization: fc.integer({ min: 5, max: 88 }).map((n) => n / 100),
    })
    fc.assert(
      fc.property(machine, model, (place, wanted) => {
        const fit = judge(wanted, place)
        const { smallestUtilization: least, largestContext: longest } = fit
        if (least !== null) {
          expect(judge({ ...wanted, utilization: least }, place).verdict).not.toBe('does_not_fit')
          if (least > 0.05) {
            const less = judge({ ...wanted, utilization: least - 0.01 }, place)
            expect(less.verdict).toBe('does_not_fit')
          }
        }
        const [{ asksBytes, roomBytes, weightBytes, overheadBytes } = placeOf() as never] =
          fit.places
        const room = Math.min(asksBytes, roomBytes) - weightBytes - overheadBytes
        if (longest === null || longest === 0) return
        expect(cacheBytes(layout, longest, { elementBytes: 2 })).toBeLessThanOrEqual(room)
        if (longest < 131_072) {
          expect(cacheBytes(layout, longest + 1, { elementBytes: 2 })).toBeGreaterThan(room)
        }
      }),
      { numRuns: 500 },
    )
  })
})
