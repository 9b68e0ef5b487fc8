import { randomBytes } from 'node:crypto'
import { toAt } from '../clock.ts'
import { ControlError } from '../errors.ts'
import type { Clock } from '../plugin.ts'
import { type Database, transaction } from '../store/database.ts'
import { checkSchedule, type Schedule, type ScheduleBody } from './schedule.ts'

/** What programs say they will need, kept for people and for each other. Nothing is run by it. */
export interface Schedules {
  /** In the order they were registered. */
  list(): Schedule[]
  /** Throws SCHEDULE_UNKNOWN. */
  get(id: string): Schedule
  /** Throws VALIDATION, or OVERLOADED when there are as many as there may be. */
  add(body: ScheduleBody): Schedule
  /** Throws SCHEDULE_UNKNOWN or VALIDATION. */
  replace(id: string, body: ScheduleBody): Schedule
  /** Throws SCHEDULE_UNKNOWN. */
  remove(id: string): Schedule
}

const MOST = 100
/** A single time is still shown for a while after it. */
const KEPT_MS = 30 * 86_400_000

export function createSchedules(
  { durable }: Database,
  clock: Pick<Clock, 'now'>,
  changed: () => void,
): Schedules {
  const all = durable.prepare('SELECT value FROM schedules ORDER BY seq')
  const find = durable.prepare('SELECT value FROM schedules WHERE id = ?')
  const insert = durable.prepare(
    `INSERT INTO schedules (id, seq, value)
       VALUES (?, (SELECT ifnull(max(seq), 0) + 1 FROM schedules), ?)`,
  )
  const update = durable.prepare('UPDATE schedules SET value = ? WHERE id = ?')
  const remove = durable.prepare('DELETE FROM schedules WHERE id = ?')
  const list = () => all.all().map(({ value }) => JSON.parse(String(value)) as Schedule)

  const get = (id: string): Schedule => {
    const row = find.get(id)
    if (row) return JSON.parse(String(row.value))
    throw new ControlError('SCHEDULE_UNKNOWN', `no schedule "${id}"`, {
      hint: 'GET /api/coordination/schedules lists them',
    })
  }

  const forgetOld = (): void => {
    for (const { id, at, duration_s } of list())
      if (at !== undefined && Date.parse(at) + duration_s * 1000 + KEPT_MS < clock.now())
        remove.run(id)
  }

  return {
    list,
    get,
    add({ plan: _, ...body }) {
      checkSchedule(body, clock.now())
      const schedule = transaction(durable, () => {
        forgetOld()
        if (list().length >= MOST)
          throw new ControlError('OVERLOADED', `${MOST} schedules are registered`, {
            hint: 'remove some that are no longer needed',
          })
        const now = toAt(clock.now())
        const id = randomBytes(6).toString('hex')
        const made: Schedule = { ...body, id, created_at: now, updated_at: now }
        insert.run(id, JSON.stringify(made))
        return made
      })
      changed()
      return schedule
    },
    replace(id, { plan: _, ...body }) {
      const { created_at } = get(id)
      checkSchedule(body, clock.now())
      const next: Schedule = { ...body, id, created_at, updated_at: toAt(clock.now()) }
      update.run(JSON.stringify(next), id)
      changed()
      return next
    },
    remove(id) {
      const gone = get(id)
      remove.run(id)
      changed()
      return gone
    },
  }
}
