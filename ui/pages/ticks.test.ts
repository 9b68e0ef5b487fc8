import { afterEach, expect, it, vi } from 'vitest'
import { listTicks } from './ticks.ts'

afterEach(() => vi.unstubAllEnvs())

const HOUR_MS = 3_600_000
const FROM = '2026-03-03T12:00:00.000Z'
const range = (hours: number, from = FROM) => ({
  from,
  to: new Date(Date.parse(from) + hours * HOUR_MS).toISOString(),
})

/** When the marks of a range of so many hours are, by the clock of this device. */
const momentsOf = (hours: number, from: string) =>
  listTicks(range(hours, from)).map(
    ({ atPercent }) => new Date(Math.round(Date.parse(from) + (atPercent / 100) * hours * HOUR_MS)),
  )

it.each([1, 24, 24 * 7, 24 * 30])('an axis of %i hours has a handful of round marks', (hours) => {
  const ticks = listTicks(range(hours))
  expect(ticks.length).toBeGreaterThan(2)
  expect(ticks.length).toBeLessThanOrEqual(7)
  for (const { atPercent } of ticks) expect(atPercent).toBeLessThanOrEqual(88)
})

it('a day has marks where the clock of the device shows a multiple of six', () => {
  expect(momentsOf(24, FROM).map((at) => at.getHours() % 6)).toEqual([0, 0, 0, 0])
})

it('days begin at midnight also after the clocks were changed', () => {
  vi.stubEnv('TZ', 'Europe/Vienna')
  const hours = momentsOf(24 * 20, '2026-10-20T00:00:00.000Z').map((at) => at.getHours())
  expect(hours.length).toBeGreaterThan(1)
  expect(new Set(hours)).toEqual(new Set([0]))
})
