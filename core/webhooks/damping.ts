import { durationMs } from '../topology/tags.ts'
import type { WebhookSpec } from '../topology/webhook-keys.ts'

/** When a change of state is worth a message. */
export interface Damping {
  /** What is down is told when it has been down for so long. */
  holdMs: number
  /** What went down more often than this within `withinMs` is told to be flapping; 0: never. */
  flaps: number
  withinMs: number
}

/** What a receiver knows of a service or host, and what there is to know. */
export interface Subject {
  told: 'up' | 'down' | 'flapping'
  real: 'up' | 'down'
  /** Since when it is so. */
  sinceMs: number
  /** When it last went down, oldest first; no more than it takes to flap. */
  downsMs: readonly number[]
}

const OFF: Damping = { holdMs: 0, flaps: 0, withinMs: 600_000 }
const FOR_PEOPLE: Damping = { holdMs: 30_000, flaps: 3, withinMs: 600_000 }

/** How a receiver's messages are damped: people are spared what comes and goes, programs get all. */
export function dampingOf({ format, damping = {} }: WebhookSpec): Damping {
  const usual = format === 'generic' ? OFF : FOR_PEOPLE
  const { hold, flaps = usual.flaps, within } = damping
  return {
    holdMs: hold === undefined ? usual.holdMs : durationMs(hold) || 0,
    flaps,
    withinMs: within === undefined ? usual.withinMs : durationMs(within),
  }
}

/** A subject after a change. One that is heard of for the first time was the opposite before. */
export function changed(
  before: Subject | undefined,
  real: Subject['real'],
  nowMs: number,
  { flaps }: Damping,
): Subject {
  const opposite = real === 'down' ? 'up' : 'down'
  const { told, real: was, downsMs } = before ?? { told: opposite, real: opposite, downsMs: [] }
  const isNewDown = real === 'down' && was !== 'down'
  return {
    ...{ told, real, sinceMs: before && was === real ? before.sinceMs : nowMs },
    downsMs: isNewDown ? [...downsMs, nowMs].slice(-(flaps + 1)) : downsMs,
  }
}

/** What the receiver should believe now: if it is not what it was told, it is to be told. */
export function belief(subject: Subject, nowMs: number, damping: Damping): Subject['told'] {
  const { told, real } = subject
  const stoodMs = stoodFor(subject, nowMs)
  if (stoodMs < damping.withinMs && (told === 'flapping' || isFlapping(subject, nowMs, damping)))
    return 'flapping'
  if (real === 'up' || stoodMs >= damping.holdMs) return real
  // it may come back; who waits for the end of a flapping has waited long enough
  return told === 'flapping' ? real : told
}

/** When to look again, if nothing changes before; null: it is told what is so. */
export function dueMs(subject: Subject, nowMs: number, damping: Damping): number | null {
  const now = belief(subject, nowMs, damping)
  if (now === 'flapping') return subject.sinceMs + damping.withinMs
  return now === subject.real ? null : subject.sinceMs + damping.holdMs
}

function isFlapping({ downsMs }: Subject, nowMs: number, { flaps, withinMs }: Damping): boolean {
  const recent = downsMs.filter((ms) => nowMs - ms < withinMs)
  return flaps > 0 && recent.length > flaps
}

/** A clock that was set back makes nobody wait. */
const stoodFor = ({ sinceMs }: Subject, nowMs: number): number =>
  nowMs < sinceMs ? Number.POSITIVE_INFINITY : nowMs - sinceMs
