import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createFakeClock } from '../testing/fake-clock.ts'
import { findKnee, isPast, type Level, levelsUpTo } from './find-knee.ts'
import { measureLevel, requestsAt } from './measure-level.ts'

/** Levels of a server with so many workers, each taking so long a request. */
const serverOf = (workers: number, tookS: number, levels: number[]): Level[] =>
  levels.map((concurrency) => ({
    concurrency,
    perSecond: Math.min(concurrency, workers) / tookS,
    medianS: tookS * Math.max(1, concurrency / workers),
  }))

describe('the knee', () => {
  it('of a server with so many workers is their number', () => {
    const workers = fc.constantFrom(1, 2, 3, 4, 6, 8, 12, 16)
    const took = fc.double({ min: 0.001, max: 100, noNaN: true })
    const noise = fc.array(fc.double({ min: 0.99, max: 1.01, noNaN: true }), {
      minLength: 16,
      maxLength: 16,
    })
    fc.assert(
      fc.property(workers, took, noise, (count, tookS, factors) => {
        const levels = serverOf(count, tookS, levelsUpTo(32)).map((level, n) => ({
          ...level,
          perSecond: level.perSecond * (factors[n] ?? 1),
        }))
        expect(findKnee(levels)?.concurrency).toBe(count)
      }),
    )
  })

  it('of an engine that batches is where one more costs more than it brings', () => {
    // throughput grows with the 0.8th power up to 24 at a time, with the 0.2nd beyond
    const perSecond = (n: number) => (n <= 24 ? n ** 0.8 : 24 ** 0.8 * (n / 24) ** 0.2)
    const levels = levelsUpTo(64).map((concurrency) => ({
      ...{ concurrency, perSecond: perSecond(concurrency) },
      medianS: concurrency / perSecond(concurrency),
    }))
    expect(findKnee(levels)?.concurrency).toBe(24)
  })

  it('is behind after two levels that were clearly worse', () => {
    const levels = serverOf(2, 1, [1, 2, 3, 4, 6])
    expect([1, 2, 3, 4, 5].map((count) => isPast(levels.slice(0, count)))).toEqual([
      ...[false, false, false, true, true],
    ])
    expect(isPast([])).toBe(false)
  })

  it('is looked for up to the most that may be tried, that one included', () => {
    expect(levelsUpTo(1)).toEqual([1])
    expect(levelsUpTo(5)).toEqual([1, 2, 3, 4, 5])
    expect(levelsUpTo(256).at(-1)).toBe(256)
  })
})

describe('a level', () => {
  const signal = new AbortController().signal

  it('keeps so many under way, no more and no fewer, and sends nothing twice', async () => {
    const clock = createFakeClock()
    const seen: number[] = []
    let now = 0
    let most = 0
    const measured = measureLevel(
      async (n) => {
        seen.push(n)
        now += 1
        most = Math.max(most, now)
        await clock.sleep(500)
        now -= 1
      },
      ...([3, 100, clock, signal] as const),
    )
    while (seen.length < requestsAt(3) || now > 0) await clock.advance(500)
    expect(await measured).toEqual({ concurrency: 3, perSecond: 6, medianS: 0.5 })
    expect(most).toBe(3)
    expect(seen.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, n) => 100 + n))
  })

  it('ends the others when one fails', async () => {
    const clock = createFakeClock()
    const ended: number[] = []
    const measured = measureLevel(
      async (n, until) => {
        if (n === 0) throw new Error('out of memory')
        await clock.sleep(1000, until).catch(() => ended.push(n))
      },
      ...([3, 0, clock, signal] as const),
    )
    await expect(measured).rejects.toThrow('out of memory')
    await Promise.resolve()
    expect(ended.length).toBeGreaterThanOrEqual(2)
  })
})
