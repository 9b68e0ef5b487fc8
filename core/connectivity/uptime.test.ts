import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { daysOf, presenceOf, spansOf } from './uptime.ts'

const DAY_MS = 86_400_000
const change = (atMs: number, to: string, reason: string | null = null) => ({ atMs, to, reason })

describe('stretches', () => {
  it('run from change to change, and from the state before the first to the end', () => {
    const spans = spansOf([change(10, 'down', 'gone'), change(30, 'up')], 'up', 0, 100)
    expect(spans).toEqual([
      { fromMs: 0, toMs: 10, state: 'up', presence: 'up', reason: null },
      { fromMs: 10, toMs: 30, state: 'down', presence: 'down', reason: 'gone' },
      { fromMs: 30, toMs: 100, state: 'up', presence: 'up', reason: null },
    ])
  })

  it('keep an outage that began and ended within a millisecond', () => {
    const spans = spansOf([change(10, 'stopped'), change(10, 'running')], 'running', 0, 100)
    expect(spans.map(({ state }) => state)).toEqual(['running', 'stopped', 'running'])
    expect(daysOf(spans)).toMatchObject([{ outages: 1, uptime_percent: 99.999 }])
  })

  it('leave no gap and do not overlap, whatever the changes', () => {
    const state = fc.constantFrom('up', 'down', 'unknown', 'busy', 'refused')
    const changes = fc.array(fc.tuple(fc.nat(3 * DAY_MS), state), { maxLength: 30 })
    fc.assert(
      fc.property(changes, state, (drafts, before) => {
        const sorted = drafts.sort(([a], [b]) => a - b).map(([at, to]) => change(at, to))
        const spans = spansOf(sorted, before, 0, 3 * DAY_MS)
        expect(spans[0]?.fromMs).toBe(0)
        expect(spans.at(-1)?.toMs).toBe(3 * DAY_MS)
        for (const [n, span] of spans.entries())
          if (n > 0) expect(span.fromMs).toBe(spans[n - 1]?.toMs)
        const total = daysOf(spans).reduce(
          (sum, day) => sum + day.up_s + day.down_s + day.unknown_s,
          0,
        )
        expect(total).toBeCloseTo((3 * DAY_MS) / 1000, 3)
      }),
    )
  })
})

describe('a day', () => {
  it('counts what nobody saw for neither, and an outage over midnight once', () => {
    const spans = spansOf(
      [change(DAY_MS / 2, 'up'), change(DAY_MS - 1000, 'down'), change(DAY_MS + 1000, 'up')],
      'unknown',
      0,
      2 * DAY_MS,
    )
    expect(daysOf(spans)).toEqual([
      {
        ...{ day: '1970-01-01', up_s: 43_199, down_s: 1, unknown_s: 43_200, outages: 1 },
        uptime_percent: 99.997,
      },
      {
        ...{ day: '1970-01-02', up_s: 86_399, down_s: 1, unknown_s: 0, outages: 0 },
        uptime_percent: 99.998,
      },
    ])
    expect(daysOf(spansOf([], 'unknown', 0, 1000))[0]?.uptime_percent).toBeNull()
  })
})

it.each([
  ['busy', 'up'],
  ['idle', 'unknown'],
  ['ok', 'up'],
  ['refused', 'down'],
  ['lost', 'down'],
  ['unreachable', 'down'],
  ['stopped', 'down'],
  ['absent', 'unknown'],
  ['unknown', 'unknown'],
])('%s counts as %s', (state, presence) => {
  expect(presenceOf(state, 'unknown')).toBe(presence)
})

it('a start counts as what led to it: an outage, or somebody who wanted it', () => {
  expect([presenceOf('starting', 'down'), presenceOf('starting', 'unknown')]).toEqual([
    'down',
    'unknown',
  ])
  const spans = spansOf(
    [change(10, 'refused'), change(11, 'starting'), change(60, 'up')],
    'up',
    0,
    100,
  )
  expect(spans.map(({ presence }) => presence)).toEqual(['up', 'down', 'down', 'up'])
  expect(daysOf(spans)).toMatchObject([{ outages: 1, down_s: 0.05 }])
})
