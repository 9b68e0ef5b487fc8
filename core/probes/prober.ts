import type { Logger } from 'pino'
import { toAtOrNull } from '../clock.ts'
import { type Connectivity, createConnectivity } from '../connectivity/history.ts'
import { asControlError } from '../errors.ts'
import type { Clock, Health } from '../plugin.ts'
import type { Database } from '../store/database.ts'
import type { ServiceState } from '../views.ts'
import { createLooks, type Looks } from './looks.ts'
import { nextState, type Outcome, type Seen, UNSEEN } from './next-state.ts'

export interface ProberDeps {
  clock: Clock
  log: Logger
  db: Database
  /** After every look, changed or not: each brings a new age and new figures. */
  onLook?(service: string, outcome: Outcome['type']): void
  /** What came of a look, for figures. */
  onOutcome?(service: string, outcome: Outcome['type'], tookMs: number): void
  /** After a change of state, which is then in the history. */
  onChange?(service: string, from: ServiceState, to: ServiceState): void
}

export interface ProbeOptions {
  probe(signal: AbortSignal): Promise<Health>
  /** Pause between two looks; default 5 s. */
  intervalMs?: number
  /** After it the look counts as late; default 5 s. */
  deadlineMs?: number
}

/** What is known of a service, and how old it is. */
export interface ProbeView {
  state: ServiceState
  reason?: string
  /** Of the last look that was answered. */
  figures: Record<string, number | string>
  checked_at: string | null
  last_seen_at: string | null
  since: string | null
}

/** Looks at every service again and again; each on its own, so that none waits for another. */
export interface Prober {
  add(service: string, options: ProbeOptions): void
  remove(service: string): void
  /** Looks now; again after the look that is under way, if one is. */
  soon(service: string): void
  /** Undefined for a service that is not looked at. */
  view(service: string): ProbeView | undefined
  /** Changes of state of services, and of whatever else is recorded. */
  readonly history: Connectivity
  close(): void
}

interface Subject {
  seen: Seen
  figures: Record<string, number | string>
  looks: Looks
}

export function createProber(deps: ProberDeps): Prober {
  const { clock, log, db, onLook, onChange } = deps
  const subjects = new Map<string, Subject>()
  const history = createConnectivity({ db, clock })

  const take = (service: string, outcome: Outcome): void => {
    const subject = subjects.get(service)
    if (!subject) return
    const { state: from } = subject.seen
    subject.seen = nextState(subject.seen, outcome, clock.now())
    if (outcome.type === 'answered') subject.figures = outcome.health.figures ?? {}
    const { state: to, reason } = subject.seen
    if (from !== to) {
      log.info({ service, from, to, reason }, 'service changed state')
      keep(service, to, reason)
      onChange?.(service, from, to)
    }
    onLook?.(service, outcome.type)
  }

  const keep = (service: string, to: string, reason: string | null): void => {
    try {
      history.record(`service:${service}`, to, reason)
    } catch (thrown) {
      // The state itself is shown all the same.
      log.warn({ err: asControlError(thrown), service }, 'change of state could not be kept')
    }
  }

  const remove = (service: string): void => {
    const subject = subjects.get(service)
    if (!subject) return
    subject.looks.stop()
    subjects.delete(service)
    // So that the history does not claim to know what nobody looked at.
    const { state } = subject.seen
    if (state !== 'unknown') keep(service, 'unknown', 'no longer looked at')
  }

  return {
    history,
    remove,
    add(service, { probe, intervalMs = 5000, deadlineMs = 5000 }) {
      remove(service)
      const looks = createLooks({
        ...{ probe, intervalMs, deadlineMs, clock },
        onOutcome(outcome, tookMs) {
          try {
            deps.onOutcome?.(service, outcome.type, tookMs)
            take(service, outcome)
          } catch (err) {
            // The next look is worth more than the end of all looks.
            log.error({ err, service }, 'outcome of a probe could not be told')
          }
        },
      })
      const lastSeenMs = history.lastIn(`service:${service}`, ['up', 'busy', 'idle'])
      subjects.set(service, { seen: { ...UNSEEN, lastSeenMs }, figures: {}, looks })
      looks.start()
    },
    soon: (service) => subjects.get(service)?.looks.soon(),
    view(service) {
      const subject = subjects.get(service)
      return subject && viewSeen(subject)
    },
    close() {
      for (const service of [...subjects.keys()]) remove(service)
    },
  }
}

const viewSeen = ({ seen, figures }: Subject): ProbeView => ({
  state: seen.state,
  ...(seen.reason !== null && { reason: seen.reason }),
  figures,
  checked_at: toAtOrNull(seen.checkedMs),
  last_seen_at: toAtOrNull(seen.lastSeenMs),
  since: toAtOrNull(seen.sinceMs),
})
