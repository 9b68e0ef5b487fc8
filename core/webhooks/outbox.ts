import { createHash } from 'node:crypto'
import type { SQLOutputValue } from 'node:sqlite'
import type { Happening } from '../events/happening.ts'
import type { Database } from '../store/database.ts'

/** One happening on its way to one webhook; times in milliseconds since 1970. */
export interface Delivery {
  seq: number
  /** The `webhook-id`: the same for every attempt, so that receivers can drop what they have. */
  event: string
  webhook: string
  name: string
  subject: string
  data: Record<string, unknown>
  happenedAt: number
  /** `dead`: given up after a day; only a redelivery sends it again. */
  state: 'waiting' | 'delivered' | 'dead'
  attempts: number
  /** When the day began after which it is given up. */
  firstAt: number
  dueAt: number
  endedAt: number | null
  /** HTTP status of the last answer. */
  status: number | null
  error: string | null
}

/** What an attempt came to; `error` is null when the receiver has taken it. */
export interface Outcome {
  status: number | null
  error: string | null
}

/** What waits and what was sent, on the disk. Every write is there when it returns. */
export interface Outbox {
  /**
   * False if this webhook has it already. May be part of a transaction of `durable`. What was held
   * back happened earlier than now.
   */
  add(happening: Happening, webhook: string, nowMs: number, happenedMs?: number): boolean
  /** One that the loop does not take up: it is dead unless its one attempt succeeds. */
  addTest(happening: Happening, webhook: string, nowMs: number): Delivery
  /** The one that is due first. */
  next(webhook: string): Delivery | undefined
  find(seq: number): Delivery | undefined
  /** Newest first, older than `before`. */
  page(filter: { webhook?: string; before: number; limit: number }): Delivery[]
  end(delivery: Delivery, state: 'delivered' | 'dead', outcome: Outcome, nowMs: number): void
  /** Keeps it for another attempt at `dueMs`. */
  postpone(delivery: Delivery, outcome: Outcome, dueMs: number): void
  /** Sends it again from the start of a new day, whatever had become of it. */
  restart(seq: number, nowMs: number): void
  /** Makes everything that waits for a webhook due now, in the order it happened. */
  hurry(webhook: string, nowMs: number): void
  /** Gives up what has waited for a webhook since before `beforeMs`. */
  bury(webhook: string, beforeMs: number, nowMs: number): number
  counts(webhook: string): { waiting: number; delivered: number; dead: number }
  /** The last that ended in each way. */
  last(webhook: string, state: 'delivered' | 'dead'): Delivery | undefined
  /** Keeps the newest `most` that ended and gives up all but the newest `most` that wait. */
  trim(webhook: string, most: number, nowMs: number): void
  /** Forgets what is older than `beforeMs` of webhooks other than these. */
  forgetOthers(webhooks: readonly string[], beforeMs: number): void
}

export function createOutbox({ durable: db }: Database): Outbox {
  const insert = db.prepare(
    `INSERT INTO deliveries (event, webhook, name, subject, data, happened_at, state, attempts,
       first_at, due_at, ended_at, error) VALUES (?1, ?2, ?3, ?4, ?5, ?10, ?7, 0, ?6, ?6, ?8, ?9)
       ON CONFLICT (event, webhook) DO NOTHING`,
  )
  const next = db.prepare(
    `SELECT * FROM deliveries WHERE webhook = ? AND state = 'waiting' ORDER BY due_at, seq LIMIT 1`,
  )
  const find = db.prepare('SELECT * FROM deliveries WHERE seq = ?')
  const page = db.prepare(
    `SELECT * FROM deliveries WHERE seq < ?1 AND (?2 IS NULL OR webhook = ?2)
       ORDER BY seq DESC LIMIT ?3`,
  )
  const end = db.prepare(
    `UPDATE deliveries SET state = ?, attempts = ?, status = ?, error = ?, ended_at = ?
       WHERE seq = ?`,
  )
  const postpone = db.prepare(
    'UPDATE deliveries SET attempts = ?, status = ?, error = ?, due_at = ? WHERE seq = ?',
  )
  const restart = db.prepare(
    `UPDATE deliveries SET state = 'waiting', attempts = 0, first_at = ?1, due_at = ?1,
       ended_at = NULL, status = NULL, error = NULL WHERE seq = ?2`,
  )
  const hurry = db.prepare(
    `UPDATE deliveries SET due_at = ? WHERE webhook = ? AND state = 'waiting'`,
  )
  const bury = db.prepare(
    `UPDATE deliveries SET state = 'dead', ended_at = ?1,
       error = coalesce(error, 'it could not be sent for a day')
       WHERE webhook = ?2 AND state = 'waiting' AND first_at <= ?3`,
  )
  const counts = db.prepare(
    'SELECT state, count(*) AS n FROM deliveries WHERE webhook = ? GROUP BY state',
  )
  const last = db.prepare(
    `SELECT * FROM deliveries WHERE webhook = ? AND state = ? ORDER BY ended_at DESC LIMIT 1`,
  )
  const dropEnded = db.prepare(
    `DELETE FROM deliveries WHERE seq IN (SELECT seq FROM deliveries
       WHERE webhook = ? AND state != 'waiting' ORDER BY seq DESC LIMIT -1 OFFSET ?)`,
  )
  const dropWaiting = db.prepare(
    `UPDATE deliveries SET state = 'dead', ended_at = ?1, error = 'too much waited after it'
       WHERE seq IN (SELECT seq FROM deliveries WHERE webhook = ?2 AND state = 'waiting'
         ORDER BY seq DESC LIMIT -1 OFFSET ?3)`,
  )
  const forgetOthers = db.prepare(
    `DELETE FROM deliveries WHERE first_at < ?1
       AND webhook NOT IN (SELECT value FROM json_each(?2))`,
  )
  const parseIf = (row: Record<string, SQLOutputValue> | undefined) => row && parse(row)
  const put = (
    happening: Happening,
    webhook: string,
    nowMs: number,
    state: Delivery['state'],
    happenedMs = nowMs,
  ) => {
    const { key, name, subject, data } = happening
    const end =
      state === 'dead' ? ([nowMs, 'it was not answered'] as const) : ([null, null] as const)
    const text = JSON.stringify(data)
    return insert.run(eventId(key), webhook, name, subject, text, nowMs, state, ...end, happenedMs)
  }
  return {
    add: (happening, webhook, nowMs, happenedMs) =>
      put(happening, webhook, nowMs, 'waiting', happenedMs).changes > 0,
    addTest(happening, webhook, nowMs) {
      const { lastInsertRowid } = put(happening, webhook, nowMs, 'dead')
      return parse(find.get(lastInsertRowid) ?? {})
    },
    next: (webhook) => parseIf(next.get(webhook)),
    find: (seq) => parseIf(find.get(seq)),
    page: ({ before, webhook, limit }) => page.all(before, webhook ?? null, limit).map(parse),
    end({ seq, attempts }, state, { status, error }, nowMs) {
      end.run(state, attempts + 1, status, error, nowMs, seq)
    },
    postpone({ seq, attempts }, { status, error }, dueMs) {
      postpone.run(attempts + 1, status, error, dueMs, seq)
    },
    restart: (seq, nowMs) => void restart.run(nowMs, seq),
    hurry: (webhook, nowMs) => void hurry.run(nowMs, webhook),
    bury: (webhook, beforeMs, nowMs) => Number(bury.run(nowMs, webhook, beforeMs).changes),
    counts(webhook) {
      const rows = counts.all(webhook).map(({ state, n }) => [String(state), Number(n)])
      return { waiting: 0, delivered: 0, dead: 0, ...Object.fromEntries(rows) }
    },
    last: (webhook, state) => parseIf(last.get(webhook, state)),
    trim(webhook, most, nowMs) {
      dropWaiting.run(nowMs, webhook, most)
      dropEnded.run(webhook, most)
    },
    forgetOthers(webhooks, beforeMs) {
      forgetOthers.run(beforeMs, JSON.stringify(webhooks))
    },
  }
}

/** A key as a `webhook-id`: ours may hold anything, theirs no dot. */
const eventId = (key: string): string =>
  `msg_${createHash('sha256').update(key).digest('base64url').slice(0, 27)}`

const numberOrNull = (value: SQLOutputValue | undefined): number | null =>
  typeof value === 'number' ? value : null

const parse = (row: Record<string, SQLOutputValue>): Delivery => ({
  seq: Number(row.seq),
  event: String(row.event),
  webhook: String(row.webhook),
  name: String(row.name),
  subject: String(row.subject),
  data: JSON.parse(String(row.data)),
  happenedAt: Number(row.happened_at),
  state: row.state as Delivery['state'],
  attempts: Number(row.attempts),
  firstAt: Number(row.first_at),
  dueAt: Number(row.due_at),
  endedAt: numberOrNull(row.ended_at),
  status: numberOrNull(row.status),
  error: row.error === null ? null : String(row.error),
})
