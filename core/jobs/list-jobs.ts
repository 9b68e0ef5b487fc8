import { cursorAt, readCursor } from '../cursor.ts'
import { ControlError } from '../errors.ts'
import type { JobView } from '../views.ts'
import type { Desk } from './desk.ts'
import { type JobState, viewJob } from './job-record.ts'

export interface JobQuery {
  service?: string
  state?: string
  /** 1–200; default 50. */
  limit?: number
  /** `next_cursor` of the page before. */
  cursor?: string
}

export interface JobPage {
  jobs: JobView[]
  next_cursor: string | null
}

const STATES: readonly JobState[] = ['queued', 'running', 'succeeded', 'failed', 'cancelled']

/** One page, newest first. Throws VALIDATION for a state or cursor that is none. */
export function listJobs(desk: Desk, { service, state, limit = 50, cursor }: JobQuery): JobPage {
  const wanted = STATES.find((known) => known === state)
  if (state !== undefined && !wanted) {
    const message = `is "${state}"; expected one of ${STATES.join(', ')}`
    throw new ControlError('VALIDATION', `state: ${message}`, {
      details: [{ path: 'state', message }],
    })
  }
  const most = Math.min(200, Math.max(1, Math.trunc(limit)))
  const found = desk.rows.page({
    service: service ?? null,
    state: wanted ?? null,
    before: readCursor(cursor),
    limit: most + 1,
  })
  const records = found.slice(0, most)
  const last = records.at(-1)
  return {
    jobs: records.map((record) => viewJob(desk.lives.get(record.id)?.record ?? record)),
    next_cursor: found.length > most && last ? cursorAt(last.seq) : null,
  }
}
