import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ControlError } from '../errors.ts'
import { type Database, openDatabase } from '../store/database.ts'
import { createFakeClock, type FakeClock } from '../testing/fake-clock.ts'
import type { ScheduleBody } from './schedule.ts'
import { createSchedules, type Schedules } from './schedules.ts'

let db: Database
let clock: FakeClock
let changes: number
let schedules: Schedules

beforeEach(() => {
  db = openDatabase(':memory:')
  clock = createFakeClock()
  changes = 0
  schedules = createSchedules(db, clock, () => changes++)
})
afterEach(() => db.close())

const need = (more: Partial<ScheduleBody> = {}): ScheduleBody => ({
  owner: 'crm',
  resource: 'gpu',
  duration_s: 3600,
  time_zone: 'UTC',
  ...('at' in more ? {} : { cron: '0 3 * * *' }),
  ...more,
})
const codeOf = (act: () => unknown): string => {
  try {
    act()
  } catch (thrown) {
    if (thrown instanceof ControlError) return thrown.code
    throw thrown
  }
  return 'nothing was thrown'
}

describe('schedules', () => {
  it('are registered, found, replaced and removed, and pages hear of each', async () => {
    const made = schedules.add(need({ contact: 'Alice', plan: 'digest' }))
    expect(made).toEqual({
      ...need({ contact: 'Alice' }),
      id: made.id,
      created_at: '2026-01-01T12:00:00.000Z',
      updated_at: '2026-01-01T12:00:00.000Z',
    })
    await clock.advance(60_000)
    const changed = schedules.replace(made.id, need({ owner: 'agent' }))
    expect(changed).toMatchObject({
      owner: 'agent',
      created_at: made.created_at,
      updated_at: '2026-01-01T12:01:00.000Z',
    })
    expect(changed.contact).toBeUndefined()
    expect(schedules.list()).toEqual([changed])
    schedules.remove(made.id)
    expect([schedules.list(), changes]).toEqual([[], 3])
    for (const act of [schedules.get, schedules.remove])
      expect(codeOf(() => act(made.id))).toBe('SCHEDULE_UNKNOWN')
    expect(codeOf(() => schedules.replace(made.id, need()))).toBe('SCHEDULE_UNKNOWN')
  })

  it('that cannot be are not kept', () => {
    expect(codeOf(() => schedules.add(need({ cron: 'never' })))).toBe('VALIDATION')
    const { id } = schedules.add(need())
    expect(codeOf(() => schedules.replace(id, need({ cron: 'never' })))).toBe('VALIDATION')
    expect(schedules.list()).toHaveLength(1)
  })

  it('stand after a restart in the order they came', () => {
    for (const owner of ['one', 'two', 'three']) schedules.add(need({ owner }))
    const again = createSchedules(db, clock, () => {})
    expect(again.list().map(({ owner }) => owner)).toEqual(['one', 'two', 'three'])
  })

  it('are a hundred at most', () => {
    for (let n = 0; n < 100; n++) schedules.add(need())
    expect(codeOf(() => schedules.add(need()))).toBe('OVERLOADED')
  })

  it('of a single time are forgotten a month after it', async () => {
    schedules.add(need({ at: '2026-01-01T13:00:00Z' }))
    await clock.advance(30 * 86_400_000)
    schedules.add(need())
    expect(schedules.list()).toHaveLength(2)
    await clock.advance(3 * 3_600_000)
    schedules.add(need())
    expect(schedules.list()).toHaveLength(2)
  })
})
