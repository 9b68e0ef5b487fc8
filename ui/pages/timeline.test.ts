import { describe, expect, it } from 'vitest'
import type { SchedulesPage } from '../../core/coordination/schedule-routes.ts'
import { layTimeline, listClashes } from './timeline.ts'

const FROM = '2026-03-03T12:00:00.000Z'
const TO = '2026-03-04T12:00:00.000Z'
const at = (hour: number) => new Date(Date.parse(FROM) + hour * 3_600_000).toISOString()
const clock = (hour: number) =>
  new Date(at(hour)).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })

const schedule = (id: string, owner: string) => ({
  ...{ id, owner, resource: 'gpu', duration_s: 3600, time_zone: 'UTC' },
  ...{ created_at: FROM, updated_at: FROM, next_at: null },
})
const due = (id: string, from: number, to: number, ...clashes: string[]) => ({
  ...{ schedule: id, starts_at: at(from), ends_at: at(to), clashes },
})
const page = (upcoming: SchedulesPage['upcoming']): SchedulesPage => ({
  schedules: [schedule('a', 'crm'), schedule('b', 'agent'), schedule('c', 'bot')],
  ...{ from: FROM, to: TO, upcoming },
})

describe('the timeline', () => {
  it('has a line for each schedule that is due, its bars at their times', () => {
    const rows = layTimeline(page([due('b', 6, 12), due('a', 12, 18), due('b', 18, 21)]), [])
    expect(rows.map(({ name }) => name)).toEqual(['agent', 'crm'])
    const bars = rows[0]?.spans.map(({ startPercent, widthPercent }) => [
      startPercent,
      widthPercent,
    ])
    expect(bars).toEqual([
      [25, 25],
      [75, 12.5],
    ])
  })

  it('cuts what began before and ends after it', () => {
    const [row] = layTimeline(page([due('a', -6, 6), due('a', 18, 30)]), [])
    const bars = row?.spans.map(({ startPercent, widthPercent }) => [startPercent, widthPercent])
    expect(bars).toEqual([
      [0, 25],
      [75, 25],
    ])
  })

  it('has reservations first, as long as they still last', () => {
    const lease = {
      ...{ fence: 7, resource: 'gpu:spark-1', owner: 'bot', reason: null, ttl_s: 7200 },
      ...{ acquired_at: at(-1), renewed_at: at(-1), expires_at: at(6), services: [] },
    }
    const [first, second] = layTimeline(page([due('a', 1, 2)]), [lease])
    expect(first).toMatchObject({
      name: 'bot',
      resource: 'the GPU of spark-1',
      isReservation: true,
    })
    expect(first?.spans[0]).toMatchObject({ startPercent: 0, widthPercent: 25 })
    expect(second?.name).toBe('crm')
  })

  it('says with whom a time clashes', () => {
    const rows = layTimeline(page([due('a', 1, 3, 'b'), due('b', 2, 4, 'a')]), [])
    expect(rows[0]?.spans[0]).toMatchObject({
      isClash: true,
      words: `${clock(1)} – ${clock(3)}, clashes with agent`,
    })
  })
})

it('each clash is told once, with the time both want', () => {
  const upcoming = [
    ...[due('a', 1, 4, 'b', 'c'), due('b', 2, 3, 'a'), due('c', 3, 5, 'a')],
    ...[due('a', 20, 21), due('b', 21, 22)],
  ]
  expect(listClashes(page(upcoming))).toEqual([
    `“crm” and “agent” need the same from ${clock(2)} to ${clock(3)}.`,
    `“crm” and “bot” need the same from ${clock(3)} to ${clock(4)}.`,
  ])
})
