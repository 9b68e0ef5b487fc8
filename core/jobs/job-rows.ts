import type { SQLOutputValue } from 'node:sqlite'
import { type Database, transaction } from '../store/database.ts'
import type { JobRecord, JobState } from './job-record.ts'

/** What a step finds of its former attempts. */
export type StepEntry = { isDone: true; result: unknown } | { isDone: false; attempt: number }

export interface JobRows {
  /** Writes a new job and gives it its `seq`. */
  insert(record: JobRecord): void
  /** Writes state, times, result and error; on the disk when it returns. `also` is part of the write. */
  save(record: JobRecord, also?: () => void): void
  /** Writes the end, and forgets the steps, which only a re-entry would need. */
  saveEnd(record: JobRecord, also?: () => void): void
  /** Writes phases and percent, which a power cut may take back. */
  saveProgress(record: JobRecord): void
  find(id: string): JobRecord | undefined
  listActive(): JobRecord[]
  /** Newest first, `limit` at most, all older than `before`. */
  page(filter: PageFilter): JobRecord[]
  /** Seconds the last success of this kind of job took; null if there was none. */
  lastSeconds(service: string, name: string): number | null
  /** Counts the attempt on the disk before its work begins. */
  beginStep(job: string, name: string): StepEntry
  finishStep(job: string, name: string, result: string | null): void
  /** Forgets the oldest ended jobs beyond `keep`, with their lines. */
  prune(keep: number): void
}

export interface PageFilter {
  service: string | null
  state: JobState | null
  before: number
  limit: number
}

export function createJobRows({ durable, history }: Database): JobRows {
  const insert = durable.prepare(
    `INSERT INTO jobs (id, service, kind, name, title, input, join_key, holds, lease, state,
       phases, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '[]', ?)`,
  )
  const save = durable.prepare(
    `UPDATE jobs SET state = ?, phases = ?, percent = ?, result = ?, error = ?, started_at = ?,
       cancelled_at = ?, ended_at = ? WHERE id = ?`,
  )
  const progress = history.prepare('UPDATE jobs SET phases = ?, percent = ? WHERE id = ?')
  const find = durable.prepare('SELECT * FROM jobs WHERE id = ?')
  const active = durable.prepare(
    `SELECT * FROM jobs WHERE state IN ('queued', 'running') ORDER BY seq`,
  )
  const page = durable.prepare(
    `SELECT * FROM jobs WHERE seq < ?1 AND (?2 IS NULL OR service = ?2)
       AND (?3 IS NULL OR state = ?3) ORDER BY seq DESC LIMIT ?4`,
  )
  const last = durable.prepare(
    `SELECT ended_at - started_at AS took_ms FROM jobs WHERE service = ? AND name = ?
       AND state = 'succeeded' ORDER BY seq DESC LIMIT 1`,
  )
  const beginStep = durable.prepare(
    `INSERT INTO job_steps (job, name, attempt, is_done) VALUES (?, ?, 1, 0)
       ON CONFLICT (job, name) DO UPDATE SET attempt = attempt + 1 WHERE is_done = 0`,
  )
  const findStep = durable.prepare(
    'SELECT attempt, is_done, result FROM job_steps WHERE job = ? AND name = ?',
  )
  const endStep = durable.prepare(
    'UPDATE job_steps SET is_done = 1, result = ? WHERE job = ? AND name = ?',
  )
  const dropSteps = durable.prepare('DELETE FROM job_steps WHERE job = ?')
  const prune = durable.prepare(
    `DELETE FROM jobs WHERE state NOT IN ('queued', 'running') AND seq <=
       (SELECT max(seq) FROM jobs) - ?`,
  )
  const write = (record: JobRecord) =>
    save.run(
      record.state,
      phasesText(record),
      record.percent,
      record.result === undefined ? null : JSON.stringify(record.result),
      record.error && JSON.stringify(record.error),
      record.startedAt,
      record.cancelledAt,
      record.endedAt,
      record.id,
    )
  return {
    insert(record) {
      const { lastInsertRowid } = insert.run(
        record.id,
        record.service,
        record.kind,
        record.name,
        record.title,
        JSON.stringify(record.input),
        record.joinKey,
        JSON.stringify(record.holds),
        record.lease && JSON.stringify(record.lease),
        record.state,
        record.createdAt,
      )
      record.seq = Number(lastInsertRowid)
    },
    save: (record, also) =>
      transaction(durable, () => {
        write(record)
        also?.()
      }),
    saveEnd: (record, also) =>
      transaction(durable, () => {
        write(record)
        dropSteps.run(record.id)
        also?.()
      }),
    saveProgress: (record) => void progress.run(phasesText(record), record.percent, record.id),
    find: (id) => {
      const row = find.get(id)
      return row && parseRow(row)
    },
    listActive: () => active.all().map(parseRow),
    page: ({ before, service, state, limit }) =>
      page.all(before, service, state, limit).map(parseRow),
    lastSeconds: (service, name) => {
      const row = last.get(service, name)
      return row ? Number(row.took_ms) / 1000 : null
    },
    beginStep(job, name) {
      beginStep.run(job, name)
      const row = findStep.get(job, name)
      return row?.is_done
        ? { isDone: true, result: parse(row.result ?? null) }
        : { isDone: false, attempt: Number(row?.attempt ?? 1) }
    },
    finishStep: (job, name, result) => void endStep.run(result, job, name),
    prune: (keep) => void prune.run(keep),
  }
}

const phasesText = (record: JobRecord): string => JSON.stringify(record.phases)

/** NULL stands for `undefined`, which JSON has no word for. */
const parse = (text: SQLOutputValue): unknown =>
  text === null ? undefined : JSON.parse(String(text))

const time = (value: SQLOutputValue | undefined): number | null =>
  typeof value === 'number' ? value : null

function parseRow(row: Record<string, SQLOutputValue>): JobRecord {
  return {
    seq: Number(row.seq),
    id: String(row.id),
    service: String(row.service),
    kind: String(row.kind),
    name: String(row.name),
    title: String(row.title),
    input: parse(row.input ?? null),
    joinKey: row.join_key === null ? null : String(row.join_key),
    holds: JSON.parse(String(row.holds)),
    lease: row.lease === null ? null : JSON.parse(String(row.lease)),
    state: row.state as JobState,
    phases: JSON.parse(String(row.phases)),
    percent: time(row.percent),
    result: parse(row.result ?? null),
    error: row.error === null ? null : JSON.parse(String(row.error)),
    createdAt: Number(row.created_at),
    startedAt: time(row.started_at),
    cancelledAt: time(row.cancelled_at),
    endedAt: time(row.ended_at),
  }
}
