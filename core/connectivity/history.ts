import { toAt } from '../clock.ts'
import { cursorAt, readCursor } from '../cursor.ts'
import type { Clock } from '../plugin.ts'
import type { Database } from '../store/database.ts'

/** One change of state of a host (`host:spark-1`) or service (`service:llm`). */
export interface ConnectivityView {
  subject: string
  at: string
  from: string
  to: string
  reason: string | null
}

export interface ConnectivityQuery {
  subject?: string
  /** Milliseconds since 1970, both ends included. */
  fromMs?: number
  toMs?: number
  /** 1–1,000; default 200. */
  limit?: number
  cursor?: string
}

/** The kept changes of state, newest first. */
export interface Connectivity {
  /**
   * The subject is in state `to`; does nothing where it was already. It comes from whatever was
   * recorded last, whoever did, so that stretches always join. `atMs` only where it is not now.
   */
  record(subject: string, to: string, reason: string | null, atMs?: number): void
  list(query: ConnectivityQuery): { changes: ConnectivityView[]; next_cursor: string | null }
  /** When the subject last was in, came into or left one of `states`; null if never. */
  lastIn(subject: string, states: readonly string[]): number | null
  /** The state at a time, or now; null if nothing is known of then. */
  lastState(subject: string, atMs?: number): string | null
  /** Subjects whose state at a time was known. */
  known(atMs: number): string[]
  /** Subjects there is anything about since a time, or whose state then was known. */
  subjects(sinceMs: number): string[]
}

const PRUNE_EVERY = 500

/** Keeps changes for `keepDays` (default 90), and `mostRows` (default 200,000) at most. */
export function createConnectivity({
  db: { history },
  clock,
  keepDays = 90,
  mostRows = 200_000,
}: {
  db: Database
  clock: Clock
  keepDays?: number
  mostRows?: number
}): Connectivity {
  const insert = history.prepare(
    'INSERT INTO connectivity (subject, at, from_state, to_state, reason) VALUES (?, ?, ?, ?, ?)',
  )
  const select = history.prepare(
    `SELECT seq, subject, at, from_state, to_state, reason FROM connectivity
       WHERE seq < ?1 AND (?2 IS NULL OR subject = ?2) AND at BETWEEN ?3 AND ?4
       ORDER BY seq DESC LIMIT ?5`,
  )
  const last = history.prepare(
    `SELECT at FROM connectivity, json_each(?2) AS wanted
       WHERE subject = ?1 AND (to_state = wanted.value OR from_state = wanted.value)
       ORDER BY at DESC LIMIT 1`,
  )
  const stateAt = history.prepare(
    'SELECT to_state FROM connectivity WHERE subject = ? AND at <= ? ORDER BY at DESC, seq DESC LIMIT 1',
  )
  const stateOfAll = history.prepare(
    `SELECT subject, to_state FROM (
       SELECT subject, to_state, row_number() OVER (PARTITION BY subject ORDER BY at DESC, seq DESC) AS n
         FROM connectivity WHERE at <= ?
     ) WHERE n = 1`,
  )
  const since = history.prepare('SELECT DISTINCT subject FROM connectivity WHERE at > ?')
  // The last change of what is still looked at stays: it says how the subject stands, however long ago.
  const forget = history.prepare(
    `DELETE FROM connectivity
       WHERE (at < ? OR seq <= (SELECT max(seq) FROM connectivity) - ?)
         AND (to_state = 'unknown'
              OR seq NOT IN (SELECT max(seq) FROM connectivity GROUP BY subject))`,
  )
  const prune = () => void forget.run(clock.now() - keepDays * 86_400_000, mostRows)
  const stateOf = (subject: string, atMs = Number.MAX_SAFE_INTEGER): string | null => {
    const row = stateAt.get(subject, atMs)
    return row ? String(row.to_state) : null
  }
  let recorded = 0
  prune()
  return {
    record(subject, to, reason, atMs = clock.now()) {
      const from = stateOf(subject, atMs) ?? 'unknown'
      if (from === to) return
      insert.run(subject, atMs, from, to, reason)
      recorded++
      if (recorded % PRUNE_EVERY === 0) prune()
    },
    lastIn(subject, states) {
      const row = last.get(subject, JSON.stringify(states))
      return row ? Number(row.at) : null
    },
    lastState: stateOf,
    known: (atMs) =>
      stateOfAll
        .all(atMs)
        .flatMap((row) => (row.to_state === 'unknown' ? [] : [String(row.subject)])),
    subjects: (sinceMs) =>
      [
        ...new Set(
          [
            ...since.all(sinceMs),
            ...stateOfAll.all(sinceMs).filter((row) => row.to_state !== 'unknown'),
          ].map((row) => String(row.subject)),
        ),
      ].sort(),
    list({ subject, fromMs = 0, toMs = Number.MAX_SAFE_INTEGER, limit = 200, cursor }) {
      const most = Math.min(1000, Math.max(1, Math.trunc(limit)))
      const before = readCursor(cursor)
      const rows = select.all(before, subject ?? null, fromMs, toMs, most + 1)
      const page = rows.slice(0, most)
      return {
        changes: page.map((row) => ({
          subject: String(row.subject),
          at: toAt(Number(row.at)),
          from: String(row.from_state),
          to: String(row.to_state),
          reason: row.reason === null ? null : String(row.reason),
        })),
        next_cursor: rows.length > most ? cursorAt(Number(page.at(-1)?.seq)) : null,
      }
    },
  }
}
