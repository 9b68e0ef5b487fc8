import { type Static, Type } from '@sinclair/typebox'
import { toAt } from '../clock.ts'
import { At } from '../wire-types.ts'
import { findClash, type HostsOf } from './resources.ts'
import { type Schedule, startsOf } from './schedule.ts'

/** One time a schedule comes due. */
export const Occurrence = Type.Object({
  schedule: Type.String(),
  starts_at: At,
  ends_at: At,
  /** Schedules that want the same at the same time. */
  clashes: Type.Array(Type.String()),
})
export type Occurrence = Static<typeof Occurrence>

/** Every half hour of a day; more of one schedule says nothing more to anybody. */
export const MOST_OF_ONE = 48

interface Span {
  schedule: Schedule
  startMs: number
  endMs: number
}

/** What is due from `fromMs` until `toMs`, in order: what began before and still lasts as well. */
export function listUpcoming(
  schedules: readonly Schedule[],
  fromMs: number,
  toMs: number,
  hostsOf: HostsOf,
): Occurrence[] {
  const spans = schedules
    .flatMap((schedule) => spansOf(schedule, fromMs, toMs))
    .sort((a, b) => a.startMs - b.startMs)
  const clashes = findClashes(spans, hostsOf)
  return spans.map((span) => ({
    schedule: span.schedule.id,
    starts_at: toAt(span.startMs),
    ends_at: toAt(span.endMs),
    clashes: [...(clashes.get(span) ?? [])].sort(),
  }))
}

function spansOf(schedule: Schedule, fromMs: number, toMs: number): Span[] {
  const durationMs = schedule.duration_s * 1000
  const spans: Span[] = []
  for (const startMs of startsOf(schedule, fromMs - durationMs)) {
    if (startMs >= toMs || spans.length >= MOST_OF_ONE) break
    spans.push({ schedule, startMs, endMs: startMs + durationMs })
  }
  return spans
}

/** `spans` lie in order of their starts, so that each is compared only with those it may touch. */
function findClashes(spans: readonly Span[], hostsOf: HostsOf): Map<Span, Set<string>> {
  const clashes = new Map<Span, Set<string>>()
  const note = (span: Span, other: Span) =>
    clashes.set(span, (clashes.get(span) ?? new Set()).add(other.schedule.id))
  for (const [at, one] of spans.entries())
    for (let next = at + 1; next < spans.length; next++) {
      const other = spans[next]
      if (!other || other.startMs >= one.endMs) break
      if (one.schedule.id === other.schedule.id) continue
      if (!findClash([one.schedule.resource], [other.schedule.resource], hostsOf)) continue
      note(one, other)
      note(other, one)
    }
  return clashes
}
