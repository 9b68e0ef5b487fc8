import { ControlError } from '../errors.ts'
import type { Health } from '../plugin.ts'
import type { ServiceState } from '../views.ts'

/** What one look at a service brought. */
export type Outcome =
  | { type: 'answered'; health: Health }
  /** Something is there or not, but it did not answer in time. */
  | { type: 'late'; reason: string }
  /** It said no: the connection was refused, or the answer was broken. */
  | { type: 'refused'; reason: string }
  /** The look itself failed, so it says nothing about the service. */
  | { type: 'blind'; reason: string }

/** What is known of a service; times in milliseconds since 1970. */
export interface Seen {
  state: ServiceState
  reason: string | null
  /** When the state began. */
  sinceMs: number | null
  /** When the last look ended, in whatever way. */
  checkedMs: number | null
  /** When it last answered as up, busy or idle. */
  lastSeenMs: number | null
  /** When the looks began to be late, refused or blind. */
  troubleMs: number | null
  /** Refusals since the last answer. */
  refusals: number
  /** Blind looks since the last that was not. */
  blinds: number
}

export const UNSEEN: Seen = {
  ...{ state: 'unknown', reason: null, sinceMs: null, checkedMs: null, lastSeenMs: null },
  ...{ troubleMs: null, refusals: 0, blinds: 0 },
}

/** Refusals in a row that make a service that was seen `down`. */
const REFUSALS_FOR_DOWN = 3
/** Blind looks in a row after which what was seen no longer counts. */
const BLINDS_FOR_UNKNOWN = 2
/** A service may be late for so long before it is `unknown` instead of `busy`. */
export const BUSY_FOR_MS = 60_000

/**
 * What is known after one more look. An answer counts at once. Without one, a service that was
 * there is `busy` while it is late, keeps its state over two refusals, and is `down` at the third;
 * what could not be looked at becomes `unknown`, never `down`.
 */
export function nextState(seen: Seen, outcome: Outcome, nowMs: number): Seen {
  const next = {
    ...seen,
    ...(outcome.type === 'answered' ? afterAnswer(seen, outcome.health, nowMs) : {}),
    ...(outcome.type === 'answered' ? {} : afterTrouble(seen, outcome, nowMs)),
    checkedMs: nowMs,
  }
  return { ...next, sinceMs: next.state === seen.state ? (seen.sinceMs ?? nowMs) : nowMs }
}

function afterAnswer(seen: Seen, { state, reason }: Health, nowMs: number): Partial<Seen> {
  const isThere = state === 'up' || state === 'busy' || state === 'idle'
  return {
    state,
    reason: reason ?? null,
    lastSeenMs: isThere ? nowMs : seen.lastSeenMs,
    ...{ troubleMs: null, refusals: 0, blinds: 0 },
  }
}

function afterTrouble(
  seen: Seen,
  outcome: Exclude<Outcome, { type: 'answered' }>,
  nowMs: number,
): Partial<Seen> {
  const refusals = seen.refusals + (outcome.type === 'refused' ? 1 : 0)
  const blinds = outcome.type === 'blind' ? seen.blinds + 1 : 0
  const troubleMs = seen.troubleMs ?? nowMs
  const state = stateInTrouble(seen.state, outcome.type, refusals, blinds, nowMs - troubleMs)
  return { state, reason: outcome.reason, refusals, blinds, troubleMs }
}

function stateInTrouble(
  state: ServiceState,
  type: 'late' | 'refused' | 'blind',
  refusals: number,
  blinds: number,
  troubleForMs: number,
): ServiceState {
  switch (type) {
    case 'late':
      if (state === 'unknown' || troubleForMs >= BUSY_FOR_MS) return 'unknown'
      return state === 'up' ? 'busy' : state
    case 'refused':
      // Nothing speaks against the first refusal where nothing was ever seen.
      return state === 'unknown' || refusals >= REFUSALS_FOR_DOWN ? 'down' : state
    case 'blind':
      return blinds >= BLINDS_FOR_UNKNOWN ? 'unknown' : state
  }
}

/** What a probe that threw tells. Anything not known to come from the service itself is blind. */
export function outcomeOf(thrown: unknown): Outcome {
  const reason = thrown instanceof Error ? thrown.message : String(thrown)
  if (!(thrown instanceof ControlError))
    return { type: 'blind', reason: `the probe failed: ${reason}` }
  if (thrown.code === 'UPSTREAM_TIMEOUT') return { type: 'late', reason }
  if (thrown.code === 'UPSTREAM_FAILED') return { type: 'refused', reason }
  if (thrown.code === 'UPSTREAM_UNREACHABLE')
    return { type: isRefusal(thrown.cause) ? 'refused' : 'blind', reason }
  return { type: 'blind', reason }
}

/** A refused connection comes from the host itself; no route, no name and silence do not. */
const isRefusal = (cause: unknown): boolean => {
  const code = (cause as { code?: unknown } | undefined)?.code
  return code === undefined || code === 'ECONNREFUSED' || code === 'ECONNRESET'
}
