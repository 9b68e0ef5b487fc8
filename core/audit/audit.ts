import { type Static, Type } from '@sinclair/typebox'
import { toAt } from '../clock.ts'
import { cursorAt, readCursor } from '../cursor.ts'
import type { Clock } from '../plugin.ts'
import type { Database } from '../store/database.ts'
import { At, Nullable } from '../wire-types.ts'

/** `done`: at once; `started`: a job was begun; `refused`: nothing was done; `failed`: it broke. */
const OUTCOMES = [
  'done',
  'started',
  'unchanged',
  'refused',
  'succeeded',
  'failed',
  'cancelled',
] as const
export type Outcome = (typeof OUTCOMES)[number]

/** Something somebody did to the cluster, or tried to. */
export const AuditView = Type.Object({
  id: Type.Integer(),
  at: At,
  /** Whence it came; null: the controller did it by itself. */
  address: Nullable(Type.String()),
  /** Name of the token it was done with. */
  token: Nullable(Type.String()),
  /** The route, or `job` at the end of one, `lease` where one expired. */
  action: Type.String(),
  /** What it was, in the owner's words. */
  title: Type.String(),
  outcome: Type.Union(OUTCOMES.map((outcome) => Type.Literal(outcome))),
  /** Why it was refused or failed. */
  code: Nullable(Type.String()),
  message: Nullable(Type.String()),
  job: Nullable(Type.String()),
  /** Holder and fence of the reservation it was done under, or which it was about. */
  owner: Nullable(Type.String()),
  fence: Nullable(Type.Integer()),
})
export type AuditView = Omit<Static<typeof AuditView>, 'outcome'> & { outcome: Outcome }

/** An entry to be kept; what is left out is null. */
export type AuditEntry = Pick<AuditView, 'action' | 'title' | 'outcome'> &
  Partial<Omit<AuditView, 'id' | 'at'>>

export interface AuditQuery {
  /** Milliseconds since 1970, both ends included. */
  fromMs?: number
  toMs?: number
  address?: string
  action?: string
  outcome?: string
  limit: number
  cursor?: string
}

/** Who did what, when, and what came of it. Entries are only ever added, the oldest forgotten. */
export interface Audit {
  record(entry: AuditEntry): void
  /** Newest first. */
  list(query: AuditQuery): { entries: AuditView[]; next_cursor: string | null }
}

export interface AuditDeps {
  db: Database
  clock: Clock
  /** Default 400 days: a year can be looked back on. */
  keepDays?: number
  /** Default 100,000. */
  mostRows?: number
}

const PRUNE_EVERY = 200
/** A program that asks again and again is listed once in this time for each answer. */
const SAME_REFUSAL_MS = 10 * 60_000
const MOST_REFUSALS = 1000
const COLUMNS = [
  'address',
  'token',
  'action',
  'title',
  'outcome',
  'code',
  'message',
  'job',
  'owner',
  'fence',
] as const

export function createAudit({
  db: { durable },
  clock,
  keepDays = 400,
  mostRows = 100_000,
}: AuditDeps): Audit {
  const insert = durable.prepare(
    `INSERT INTO audit (at, ${COLUMNS.join(', ')}) VALUES (?${', ?'.repeat(COLUMNS.length)})`,
  )
  const select = durable.prepare(
    `SELECT * FROM audit WHERE seq < ?1 AND at BETWEEN ?2 AND ?3
       AND (?4 IS NULL OR address = ?4) AND (?5 IS NULL OR action = ?5)
       AND (?6 IS NULL OR outcome = ?6) ORDER BY seq DESC LIMIT ?7`,
  )
  const forget = durable.prepare(
    'DELETE FROM audit WHERE at < ? OR seq <= (SELECT max(seq) FROM audit) - ?',
  )
  const prune = () => void forget.run(clock.now() - keepDays * 86_400_000, mostRows)
  const refusals = new Map<string, number>()
  let recorded = 0
  prune()

  const isRepeated = ({ outcome, address, token, action, code, fence }: AuditEntry): boolean => {
    if (outcome !== 'refused') return false
    const key = JSON.stringify([address, token, action, code, fence])
    const before = refusals.get(key)
    const nowMs = clock.now()
    if (before !== undefined && Math.abs(nowMs - before) < SAME_REFUSAL_MS) return true
    if (refusals.size >= MOST_REFUSALS) refusals.clear()
    refusals.set(key, nowMs)
    return false
  }

  return {
    record(entry) {
      if (isRepeated(entry)) return
      insert.run(clock.now(), ...COLUMNS.map((column) => entry[column] ?? null))
      recorded++
      if (recorded % PRUNE_EVERY === 0) prune()
    },
    list({ fromMs = 0, toMs = Number.MAX_SAFE_INTEGER, limit, cursor, ...wanted }) {
      const before = readCursor(cursor)
      const { address = null, action = null, outcome = null } = wanted
      const rows = select.all(before, fromMs, toMs, address, action, outcome, limit + 1)
      const entries = rows.slice(0, limit).map((row) => ({
        id: Number(row.seq),
        at: toAt(Number(row.at)),
        ...(Object.fromEntries(COLUMNS.map((column) => [column, row[column]])) as Omit<
          AuditView,
          'id' | 'at'
        >),
      }))
      const last = entries.at(-1)
      return {
        entries,
        next_cursor: rows.length > limit && last ? cursorAt(last.id) : null,
      }
    },
  }
}
