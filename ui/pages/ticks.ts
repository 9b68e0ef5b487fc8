import { formatClock } from '../kit/format.ts'

/** A mark on a time axis, in percent of its length. */
export interface Tick {
  atPercent: number
  words: string
}

const MINUTE_MS = 60_000
const STEPS_MS = [1, 5, 15, 60, 180, 360, 720, 1440, 2880, 10_080].map((n) => n * MINUTE_MS)
const MOST_TICKS = 6
/** A tick later than this has no room for its words. */
const LAST_PERCENT = 85

/** At most six marks at round times of this device's clock; dates where the range has several days. */
export function listTicks({ from, to }: { from: string; to: string }): Tick[] {
  const fromMs = Date.parse(from)
  const spanMs = Date.parse(to) - fromMs
  const stepMs = STEPS_MS.find((step) => spanMs / step <= MOST_TICKS) ?? spanMs
  const offsetMs = offsetOf(fromMs)
  const ticks: Tick[] = []
  for (let step = Math.ceil((fromMs - offsetMs) / stepMs); ; step += 1) {
    // the clocks may be changed within the range
    const at = step * stepMs + offsetOf(step * stepMs + offsetMs)
    const atPercent = ((at - fromMs) / spanMs) * 100
    if (atPercent > LAST_PERCENT) return ticks
    ticks.push({ atPercent, words: wordsOf(at, stepMs) })
  }
}

const offsetOf = (atMs: number): number => new Date(atMs).getTimezoneOffset() * MINUTE_MS

const wordsOf = (atMs: number, stepMs: number): string =>
  stepMs >= 1440 * MINUTE_MS
    ? new Date(atMs).toLocaleDateString([], { day: 'numeric', month: 'short' })
    : formatClock(atMs)
