import { describe, expect, it } from 'vitest'
import type { Schedule } from './schedule.ts'
import { listUpcoming, MOST_OF_ONE } from './upcoming.ts'

const NOON = Date.parse('2026-01-01T12:00:00Z')
const DAY = 86_400_000
const HOSTS: Record<string, string[]> = { speech: ['spark-2'], search: ['spark-2'] }

const schedule = (id: string, more: Partial<Schedule> = {}): Schedule => ({
  id,
  owner: id,
  resource: 'gpu',
  duration_s: 3600,
  time_zone: 'UTC',
  created_at: '2026-01-01T00:00:00.000Z',
  updated_at: '2026-01-01T00:00:00.000Z',
  ...more,
})
const upcoming = (...schedules: Schedule[]) =>
  listUpcoming(schedules, NOON, NOON + DAY, (id) => HOSTS[id] ?? []).map(
    ({ schedule: id, starts_at, clashes }) => `${starts_at.slice(8, 16)} ${id} ${clashes}`.trim(),
  )

describe('what is due in a day', () => {
  it('lies in order of time, what has begun and lasts first', () => {
    expect(
      upcoming(
        schedule('nightly', { cron: '0 3 * * *' }),
        schedule('evening', { at: '2026-01-01T20:00:00Z' }),
        schedule('running', { cron: '30 11 * * *', duration_s: 1801 }),
        schedule('over', { at: '2026-01-01T11:00:00Z' }),
        schedule('later', { at: '2026-01-02T12:00:00Z' }),
      ),
    ).toEqual(['01T11:30 running', '01T20:00 evening', '02T03:00 nightly', '02T11:30 running'])
  })

  it('clashes where two want the same at the same time', () => {
    expect(
      upcoming(
        schedule('one', { cron: '0 3 * * *', duration_s: 7200 }),
        schedule('two', { cron: '0 4 * * *', resource: 'gpu:spark-2' }),
        schedule('three', { cron: '30 4 * * *', resource: 'speech' }),
        schedule('four', { cron: '30 4 * * *', resource: 'gpu:spark-1' }),
      ),
    ).toEqual([
      '02T03:00 one four,three,two',
      '02T04:00 two one,three',
      '02T04:30 three one,two',
      '02T04:30 four one',
    ])
  })

  it('does not clash where one begins as the other ends, nor with itself', () => {
    expect(
      upcoming(
        schedule('one', { at: '2026-01-01T13:00:00Z' }),
        schedule('two', { at: '2026-01-01T14:00:00Z' }),
      ),
    ).toEqual(['01T13:00 one', '01T14:00 two'])
    expect(upcoming(schedule('long', { cron: '0 */12 * * *', duration_s: 86_400 }))).toEqual([
      '01T00:00 long',
      '01T12:00 long',
      '02T00:00 long',
    ])
  })

  it('does not clash for two services of one host', () => {
    const at = '2026-01-01T13:00:00Z'
    expect(
      upcoming(
        schedule('one', { at, resource: 'speech' }),
        schedule('two', { at, resource: 'search' }),
      ),
    ).toEqual(['01T13:00 one', '01T13:00 two'])
  })

  it('has no more of one schedule than anybody could read', () => {
    expect(upcoming(schedule('often', { cron: '* * * * *', duration_s: 60 }))).toHaveLength(
      MOST_OF_ONE,
    )
  })
})
