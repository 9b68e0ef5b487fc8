/** Whether a subject was there. `unknown`: nobody saw, or it was not meant to be there. */
export type Presence = 'up' | 'down' | 'unknown'

const UP = new Set(['up', 'busy', 'ok', 'running', 'created', 'paused'])
const UNKNOWN = new Set(['unknown', 'absent', 'idle'])

/**
 * What a state says after what was before it. A service that starts after an outage is still not
 * there; one that starts because it was told to was not meant to be.
 */
export function presenceOf(state: string, before: Presence): Presence {
  if (state === 'starting') return before === 'down' ? 'down' : 'unknown'
  return UP.has(state) ? 'up' : UNKNOWN.has(state) ? 'unknown' : 'down'
}

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
  presence: Presence
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
  const first = { state: before, presence: presenceOf(before, 'unknown'), reason: null }
  let open: Span = { fromMs, toMs, ...first }
  for (const { atMs, to: state, reason } of changes) {
    if (state === open.state || atMs > toMs) continue
    if (atMs > open.fromMs) spans.push({ ...open, toMs: atMs })
    // One that lasted no millisecond by our clock is shown all the same: it was seen.
    else if (open.presence === 'down') spans.push({ ...open, toMs: open.fromMs })
    const presence = presenceOf(state, open.presence)
    open = { fromMs: Math.max(fromMs, atMs), toMs, state, presence, reason }
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
  for (const { fromMs, toMs, presence } of spans) {
    if (presence === 'down' && previous !== 'down') dayAt(fromMs).outages += 1
    previous = presence
    for (let at = fromMs; at < toMs; ) {
      const end = Math.min(toMs, (Math.floor(at / DAY_MS) + 1) * DAY_MS)
      const day = dayAt(at)
      const ms = Math.round(day[`${presence}_s`] * 1000) + end - at
      day[`${presence}_s`] = ms / 1000
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
