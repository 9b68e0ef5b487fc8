import { describe, expect, it } from 'vitest'
import { ControlError } from '../errors.ts'
import { checkSchedule, type ScheduleBody, startsOf } from './schedule.ts'

const from = (text: string) => Date.parse(text)
const starts = (cron: string, time_zone: string, after: string, count = 3): string[] =>
  startsOf({ cron, time_zone }, from(after))
    .take(count)
    .map((ms) => new Date(ms).toISOString())
    .toArray()

const body = (more: Partial<ScheduleBody> = {}): ScheduleBody => ({
  owner: 'crm',
  resource: 'gpu',
  duration_s: 3600,
  time_zone: 'UTC',
  ...more,
})
const mistakeIn = (more: Partial<ScheduleBody>): string => {
  try {
    checkSchedule(body(more), from('2026-01-01T12:00:00Z'))
  } catch (thrown) {
    if (thrown instanceof ControlError && thrown.code === 'VALIDATION') return thrown.message
    throw thrown
  }
  return ''
}

describe('the starts of a schedule', () => {
  it('follow the clock of its own time zone, in winter and in summer', () => {
    expect(starts('0 3 * * *', 'Europe/Berlin', '2026-01-10T00:00:00Z', 1)).toEqual([
      '2026-01-10T02:00:00.000Z',
    ])
    expect(starts('0 3 * * *', 'Europe/Berlin', '2026-07-10T00:00:00Z', 1)).toEqual([
      '2026-07-10T01:00:00.000Z',
    ])
    expect(starts('30 5 * * *', 'Asia/Kolkata', '2026-07-10T00:00:00Z', 1)).toEqual([
      '2026-07-11T00:00:00.000Z',
    ])
  })

  it('at a time that does not exist, since clocks are put forward, are at the change', () => {
    expect(starts('30 2 * * *', 'Europe/Berlin', '2026-03-28T00:00:00Z')).toEqual([
      '2026-03-28T01:30:00.000Z',
      '2026-03-29T01:00:00.000Z',
      '2026-03-30T00:30:00.000Z',
    ])
    expect(starts('0 2 * * *', 'America/New_York', '2026-03-08T05:00:00Z', 2)).toEqual([
      '2026-03-08T07:00:00.000Z',
      '2026-03-09T06:00:00.000Z',
    ])
  })

  it('at a time that comes twice, since clocks are put back, are at the first', () => {
    expect(starts('30 2 * * *', 'Europe/Berlin', '2026-10-24T01:00:00Z', 2)).toEqual([
      '2026-10-25T00:30:00.000Z',
      '2026-10-26T01:30:00.000Z',
    ])
    expect(starts('30 1 * * *', 'America/New_York', '2026-11-01T04:00:00Z', 2)).toEqual([
      '2026-11-01T05:30:00.000Z',
      '2026-11-02T06:30:00.000Z',
    ])
  })

  it('every half hour are half an hour apart, also over the change', () => {
    const all = starts('*/30 * * * *', 'Europe/Berlin', '2026-10-24T22:00:00Z', 12)
    const gaps = all.slice(1).map((at, n) => from(at) - from(all[n] ?? ''))
    expect(new Set(gaps)).toEqual(new Set([1_800_000]))
  })

  it('of a single time are that time, and none after it', () => {
    const at = '2026-03-03T03:00:00+01:00'
    const once = (after: string) => [...startsOf({ at, time_zone: 'UTC' }, from(after))]
    expect(once('2026-03-03T01:00:00Z')).toEqual([from('2026-03-03T02:00:00Z')])
    expect(once('2026-03-03T02:00:00Z')).toEqual([])
  })
})

describe('a schedule', () => {
  it.each([
    [{ cron: '0 3 * * 1-5', time_zone: 'Europe/Berlin' }, ''],
    [{ at: '2026-01-01T13:00:00Z' }, ''],
    [{ at: '2026-01-01T11:30:00Z' }, ''],
    [{}, 'cron: is needed, or at for a single time; not both'],
    [{ cron: '0 3 * * *', at: '2026-01-02T00:00:00Z' }, 'cron: is needed, or at'],
    [{ at: '2026-01-01T10:00:00Z' }, 'at: is 2026-01-01T10:00:00Z, which is over'],
    [{ cron: '0 3 * * *', time_zone: 'Mars/Base' }, 'time_zone: is "Mars/Base"; expected an IANA'],
    [{ cron: '61 * * * *' }, 'cron: is "61 * * * *": '],
    [{ cron: '* * * * * *' }, 'cron: is "* * * * * *": '],
    [{ cron: 'now' }, 'cron: is "now": '],
    [{ cron: '0 0 30 2 *' }, 'cron: is "0 0 30 2 *", which never comes'],
  ])('with %j is answered: %s', (more, expected) => {
    const message = mistakeIn(more)
    expect(message.slice(0, expected.length || 1)).toBe(expected)
  })
})
