/** What a state says of a subject's being there. */
export type Presence = 'up' | 'down' | 'unknown'

const UP = new Set(['up', 'busy', 'idle', 'starting', 'ok', 'running', 'created', 'paused'])
const UNKNOWN = new Set(['unknown', 'absent'])

/** A busy, starting or unloaded service is there; what nobody looked at is not known. */
export const presenceOf = (state: string): Presence =>
  UP.has(state) ? 'up' : UNKNOWN.has(state) ? 'unknown' : 'down'

/** A state with its time, in milliseconds since 1970. */
export interface Change {
  atMs: number
  to: string
  reason: string | null
}

/** A stretch of one state. */
export interface Span {
  fromMs: number
  toMs: number
  state: string
  reason: string | null
}

/** Stretches from `fromMs` to `toMs`, from the changes in between and the state before the first. */
export function spansOf(
  changes: readonly Change[],
  before: string,
  fromMs: number,
  toMs: number,
): Span[] {
  const spans: Span[] = []
  let open: Span = { fromMs, toMs, state: before, reason: null }
  for (const { atMs, to, reason } of changes) {
    if (to === open.state || atMs > toMs) continue
    if (atMs > open.fromMs) spans.push({ ...open, toMs: atMs })
    // One that lasted no millisecond by our clock is shown all the same: it was seen.
    else if (presenceOf(open.state) === 'down') spans.push({ ...open, toMs: open.fromMs })
    open = { fromMs: Math.max(fromMs, atMs), toMs, state: to, reason }
  }
  return [...spans, open]
}

/** How a day of a subject went; what nobody saw counts for neither. */
export interface Day {
  /** `2026-11-28`, in UTC. */
  day: string
  up_s: number
  down_s: number
  unknown_s: number
  /** Times it went down. */
  outages: number
  /** Null where nothing is known of the day. */
  uptime_percent: number | null
}

const DAY_MS = 86_400_000

/** The days of some stretches, oldest first. */
export function daysOf(spans: readonly Span[]): Day[] {
  const days = new Map<string, Day>()
  const dayAt = (atMs: number): Day => {
    const day = new Date(atMs).toISOString().slice(0, 10)
    const known = days.get(day) ?? {
      ...{ day, up_s: 0, down_s: 0, unknown_s: 0, outages: 0, uptime_percent: null },
    }
    days.set(day, known)
    return known
  }
  let previous: Presence = 'unknown'
  for (const { fromMs, toMs, state } of spans) {
    const presence = presenceOf(state)
    if (presence === 'down' && previous !== 'down') dayAt(fromMs).outages += 1
    previous = presence
    for (let at = fromMs; at < toMs; ) {
      const end = Math.min(toMs, (Math.floor(at / DAY_MS) + 1) * DAY_MS)
      dayAt(at)[`${presence}_s`] += (end - at) / 1000
      at = end
    }
  }
  return [...days.values()].map((day) => ({ ...day, uptime_percent: percentOf(day) }))
}

/** Rounded down: a day with an outage is never called 100 %. */
function percentOf({ up_s, down_s, outages }: Day): number | null {
  const known = up_s + down_s
  if (known === 0) return null
  const percent = Math.floor((up_s / known) * 100_000) / 1000
  return percent === 100 && outages > 0 ? 99.999 : percent
}
