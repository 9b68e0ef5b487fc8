import type { QuietHours } from '../topology/webhook-keys.ts'

const MINUTE_MS = 60_000
const DAY_MINUTES = 24 * 60
/** A day has up to 25 hours where clocks change. */
const LONGEST_MINUTES = 25 * 60

/**
 * Whether it is quiet then: by what the clock on the wall of the time zone shows, so that days on which
 * clocks change need no case of their own.
 */
export function isQuiet(quiet: QuietHours | undefined, ms: number): boolean {
  if (!quiet) return false
  const minute = wallClock(quiet.time_zone)(ms)
  const [from, to] = [minutesOf(quiet.from), minutesOf(quiet.to)]
  return from < to ? from <= minute && minute < to : from <= minute || minute < to
}

/** When the quiet that is on now ends, in ms; null while it is not quiet. */
export function quietUntil(quiet: QuietHours | undefined, nowMs: number): number | null {
  if (!isQuiet(quiet, nowMs)) return null
  const thisMinuteMs = Math.floor(nowMs / MINUTE_MS) * MINUTE_MS
  for (let n = 1; n <= LONGEST_MINUTES; n++) {
    const ms = thisMinuteMs + n * MINUTE_MS
    if (!isQuiet(quiet, ms)) return ms
  }
  return null
}

/** `07:30` as minutes after midnight. */
const minutesOf = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3))

const clocks = new Map<string, Intl.DateTimeFormat>()

function wallClock(time_zone: string | undefined): (ms: number) => number {
  const key = time_zone ?? ''
  const format =
    clocks.get(key) ??
    new Intl.DateTimeFormat('en-GB', {
      ...(time_zone !== undefined && { timeZone: time_zone }),
      ...{ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
    })
  clocks.set(key, format)
  return (ms) => minutesOf(format.format(ms)) % DAY_MINUTES
}
