import { describe, expect, it } from 'vitest'
import { readFamilies } from './engine-metrics.ts'
import { createMeter } from './meter.ts'
import { addTally, ratesOf, type Tally, tallyOf } from './rates.ts'

const at = (s: number, counted: Omit<Tally, 'atMs'>): Tally => ({ atMs: s * 1000, ...counted })
const rates = (...tallies: Tally[]) =>
  ratesOf(tallies.reduce((kept: Tally[], next) => addTally(kept, next), []))

describe('the speeds of an engine', () => {
  it('are what its counters grew by, writing and reading apart', () => {
    expect(
      rates(
        at(0, { written: 100, read: 1000, first: 1, firstSeconds: 0.5 }),
        at(5, { written: 300, read: 6000, first: 5, firstSeconds: 1.5 }),
      ),
    ).toEqual({ decode_tokens_per_s: 40, prefill_tokens_per_s: 1000, first_token_s: 0.25 })
  })

  it('of reading do not count what was in the cache', () => {
    expect(rates(at(0, { read: 0, cached: 0 }), at(10, { read: 1000, cached: 900 }))).toEqual({
      prefill_tokens_per_s: 10,
    })
  })

  it('are 0 for an engine that rests, and not known for one that does not count', () => {
    expect(
      rates(
        at(0, { written: 7, first: 1, firstSeconds: 1 }),
        at(5, { written: 7, first: 1, firstSeconds: 1 }),
      ),
    ).toEqual({ decode_tokens_per_s: 0 })
    expect(rates(at(0, {}), at(5, {}))).toEqual({})
    expect(rates(at(0, { written: 7 }))).toEqual({})
    expect(rates()).toEqual({})
  })

  it('begin anew when a counter falls or goes: its engine was started again', () => {
    const before = [at(0, { written: 5000 }), at(5, { written: 5100 })]
    expect(rates(...before, at(10, { written: 20 }))).toEqual({})
    expect(rates(...before, at(10, { written: 20 }), at(15, { written: 70 }))).toEqual({
      decode_tokens_per_s: 10,
    })
    expect(rates(...before, at(10, {}))).toEqual({})
    expect(rates(...before, at(5, { written: 6000 }))).toEqual({})
  })

  it('are of the last half minute, the wait for the first token of the last five', () => {
    const tallies = Array.from({ length: 100 }, (_, n) =>
      at(n * 5, {
        written: n < 90 ? n * 1000 : 90_000,
        first: Math.min(n, 50),
        firstSeconds: n < 50 ? n * 2 : 100,
      }),
    )
    expect(rates(...tallies)).toEqual({ decode_tokens_per_s: 0, first_token_s: 2 })
    expect(rates(...tallies.slice(0, 40))).toEqual({ decode_tokens_per_s: 200, first_token_s: 2 })
  })

  it('come from a page of all its engines together', () => {
    const page = readFamilies(
      [0, 1]
        .flatMap((engine) => [
          `vllm:generation_tokens_total{engine="${engine}"} 10`,
          `vllm:time_to_first_token_seconds_bucket{engine="${engine}",le="+Inf"} 2`,
          `vllm:time_to_first_token_seconds_count{engine="${engine}"} 2`,
          `vllm:time_to_first_token_seconds_sum{engine="${engine}"} 1.5`,
        ])
        .join('\n'),
    )
    expect(tallyOf(page, 5)).toEqual({ atMs: 5, written: 20, first: 4, firstSeconds: 3 })
  })
})

describe('the meter of a service', () => {
  const page = (written: number) =>
    readFamilies(`vllm:generation_tokens_total{engine="0"} ${written}`)
  const create = () => {
    const time = { ms: 1_000_000 }
    return { time, meter: createMeter(() => time.ms) }
  }

  it('has the model on every sample', () => {
    const { meter } = create()
    meter.take(page(5), 'Org/Model')
    expect(meter.families()[0]?.samples).toEqual([
      { labels: { engine: '0', model: 'Org/Model' }, value: 5 },
    ])
  })

  it('knows nothing once what it read is old, or the engine is gone', () => {
    const { meter, time } = create()
    meter.take(page(5), 'm')
    time.ms += 5000
    meter.take(page(10), 'm')
    expect(meter.rates()).toEqual({ decode_tokens_per_s: 1 })
    time.ms += 60_001
    expect([meter.families(), meter.rates()]).toEqual([[], {}])
    meter.take(page(15), 'm')
    expect(meter.families()).toHaveLength(1)
    meter.clear()
    expect([meter.families(), meter.rates()]).toEqual([[], {}])
  })

  it('keeps what it read when a page is empty, and begins anew with another model', () => {
    const { meter, time } = create()
    meter.take(page(5), 'm')
    time.ms += 5000
    meter.take([], 'm')
    expect(meter.families()).toHaveLength(1)
    meter.take(page(100), 'other')
    expect(meter.rates()).toEqual({})
  })
})
