import { Readable } from 'node:stream'
import { type Static, Type } from '@sinclair/typebox'
import { type Api, answer, type Handlers } from '../api.ts'
import { toAt } from '../clock.ts'
import { ControlError } from '../errors.ts'
import { At, Nullable } from '../wire-types.ts'
import type { Connectivity, ConnectivityView } from './history.ts'
import { daysOf, type Span, spansOf } from './uptime.ts'

const Moment = Type.Optional(
  Type.String({ format: 'date-time', maxLength: 40, description: 'RFC 3339; default: a day back' }),
)
const Subject = Type.Optional(
  Type.String({
    pattern: '^(host|service|container):[A-Za-z0-9][A-Za-z0-9_./-]{0,200}$',
    description: '`host:spark-1`, `service:llm` or `container:spark-1/vllm_node`',
  }),
)
const Range = { from: Moment, to: Moment, subject: Subject }

const ChangeView = Type.Object({
  subject: Type.String(),
  at: At,
  from: Type.String(),
  to: Type.String(),
  reason: Nullable(Type.String()),
})

const SubjectView = Type.Object({
  subject: Type.String(),
  /** Stretches of one state, oldest first; the last ends with the time asked for. */
  spans: Type.Array(
    Type.Object({
      from: At,
      to: At,
      state: Type.String(),
      presence: Type.Union([Type.Literal('up'), Type.Literal('down'), Type.Literal('unknown')]),
      reason: Nullable(Type.String()),
    }),
  ),
  days: Type.Array(
    Type.Object({
      day: Type.String(),
      up_s: Type.Number(),
      down_s: Type.Number(),
      unknown_s: Type.Number(),
      outages: Type.Integer(),
      uptime_percent: Nullable(Type.Number()),
    }),
  ),
})

const UptimeView = Type.Object({ from: At, to: At, subjects: Type.Array(SubjectView) })
export type UptimeView = Static<typeof UptimeView>

export const connectivityApi = {
  'GET /api/connectivity': {
    summary: 'Every change of every host, service and container, newest first',
    effect: 'read',
    query: Type.Object({
      ...Range,
      limit: Type.Integer({ minimum: 1, maximum: 1000, default: 200 }),
      cursor: Type.Optional(Type.String({ maxLength: 20 })),
    }),
    reply: {
      200: Type.Object({
        changes: Type.Array(ChangeView),
        next_cursor: Nullable(Type.String()),
      }),
    },
  },
  'GET /api/connectivity/uptime': {
    summary: 'The same as stretches of one state, with uptime by day (UTC)',
    effect: 'read',
    query: Type.Object(Range),
    reply: { 200: UptimeView },
  },
  'GET /api/connectivity/csv': {
    summary: 'The changes as CSV, newest first',
    effect: 'read',
    query: Type.Object(Range),
    raw: true,
  },
} as const satisfies Api

const DAY_MS = 86_400_000
/** Longest range of stretches: what is kept is 90 days. */
const MOST_MS = 92 * DAY_MS
const MOST_CHANGES = 5_000

export interface ConnectivitySource {
  history: Connectivity
  now(): number
}

export const connectivityHandlers = ({
  history,
  now,
}: ConnectivitySource): Handlers<typeof connectivityApi> => ({
  'GET /api/connectivity': ({ query: { from, to, subject, limit, cursor } }) =>
    answer(
      200,
      history.list({
        ...rangeOf({ from, to }, now(), 0),
        ...(subject !== undefined && { subject }),
        ...(cursor !== undefined && { cursor }),
        limit,
      }),
    ),
  'GET /api/connectivity/uptime': ({ query: { subject, ...range } }) => {
    const { fromMs, toMs } = rangeOf(range, now(), now() - DAY_MS)
    if (toMs - fromMs > MOST_MS)
      throw new ControlError('VALIDATION', 'from: lies more than 92 days before to')
    const subjects = subject === undefined ? history.subjects(fromMs) : [subject]
    return answer(200, {
      ...{ from: toAt(fromMs), to: toAt(toMs) },
      subjects: subjects.map((each) => {
        const spans = stretches(history, each, fromMs, toMs)
        return { subject: each, spans: spans.map(viewSpan), days: daysOf(spans) }
      }),
    })
  },
  'GET /api/connectivity/csv': ({ query: { subject, ...range } }) => ({
    status: 200,
    headers: {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': 'attachment; filename="connectivity.csv"',
    },
    body: Readable.from(
      printCsv(history, { ...rangeOf(range, now(), 0), ...(subject !== undefined && { subject }) }),
    ),
  }),
})

/** The newest changes decide where there are more than are shown. */
function stretches(history: Connectivity, subject: string, fromMs: number, toMs: number): Span[] {
  const changes: ConnectivityView[] = []
  for (let cursor: string | null | undefined; changes.length < MOST_CHANGES; ) {
    const page = history.list({ subject, fromMs, toMs, limit: 1000, ...(cursor && { cursor }) })
    changes.push(...page.changes)
    cursor = page.next_cursor
    if (cursor === null) break
  }
  const oldestFirst = changes
    .map(({ at, to, reason }) => ({ atMs: Date.parse(at), to, reason }))
    .reverse()
  const before = history.lastState(subject, fromMs - 1) ?? 'unknown'
  return spansOf(oldestFirst, before, fromMs, toMs)
}

const viewSpan = ({ fromMs, toMs, state, presence, reason }: Span) => ({
  ...{ from: toAt(fromMs), to: toAt(toMs), state, presence, reason },
})

function rangeOf(
  { from, to }: { from?: string | undefined; to?: string | undefined },
  nowMs: number,
  defaultFromMs: number,
): { fromMs: number; toMs: number } {
  const fromMs = from === undefined ? defaultFromMs : Date.parse(from)
  const toMs = Math.min(nowMs, to === undefined ? nowMs : Date.parse(to))
  if (fromMs > toMs) throw new ControlError('VALIDATION', 'from: lies after to')
  return { fromMs, toMs }
}

function* printCsv(
  history: Connectivity,
  query: { fromMs: number; toMs: number; subject?: string },
): Iterable<Buffer> {
  yield Buffer.from('at,subject,from,to,reason\r\n')
  for (let cursor: string | undefined; ; ) {
    const page = history.list({ ...query, limit: 1000, ...(cursor !== undefined && { cursor }) })
    const rows = page.changes.map(({ at, subject, from, to, reason }) =>
      [at, subject, from, to, reason ?? ''].map(cell).join(','),
    )
    if (rows.length > 0) yield Buffer.from(`${rows.join('\r\n')}\r\n`)
    if (page.next_cursor === null) return
    cursor = page.next_cursor
  }
}

/** Quoted where RFC 4180 asks for it; never taken for a formula by a spreadsheet. */
function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
