import type { Logger } from 'pino'
import type { ContainerChange } from '../containers/container-change.ts'
import type { Clock } from '../plugin.ts'
import type { Outcome } from '../probes/next-state.ts'
import type { KeyValue } from '../store/store.ts'
import type { HostView, ServiceState } from '../views.ts'
import type { Connectivity } from './history.ts'

export interface RecorderDeps {
  history: Connectivity
  /** Keeps when the controller was last alive. */
  store: KeyValue
  clock: Clock
  log: Logger
}

/**
 * Writes down what the polls see and what falls between two of them: a dropped connection, a
 * container that was restarted, a port that refused. Changes of services are the prober's to write.
 */
export interface Recorder {
  host(view: HostView): void
  /** A kept connection ended that nobody here had ended. */
  hostLost(host: string, reason: string): void
  /** `why` it is not there now, where something here is known to have to do with it. */
  container(change: ContainerChange, why: string | null): void
  /** A service was looked at: what came of it, and how it stands by that. */
  looked(service: string, outcome: Outcome['type'], state: ServiceState): void
  /** A connection to its port was refused, or taken, while it counted as `state`. */
  knocked(service: string, isOpen: boolean, state: ServiceState, reason: string): void
  /** To be called every half minute or so, so that a gap of the controller's own shows as one. */
  alive(): void
  /** What is known ends here. */
  close(): void
}

/** The state of a service that was up and refused a connection, before it counts as down. */
export const REFUSED = 'refused'
/** The state of a host whose connection was dropped, until the next look. */
export const LOST = 'lost'

const ALIVE = 'alive'
/** Longer than two beats: the controller was away. */
const GAP_MS = 90_000

export function createRecorder({ history, store, clock, log }: RecorderDeps): Recorder {
  const current = new Map<string, string>()
  const refused = new Set<string>()

  /** A full disk, say: what is seen is shown all the same. */
  const keep = (subject: string, work: () => void): void => {
    try {
      work()
    } catch (err) {
      log.warn({ err, subject }, 'change could not be kept')
    }
  }
  const write = (subject: string, to: string, reason: string | null, atMs = clock.now()): void =>
    keep(subject, () => history.record(subject, to, reason, atMs))
  const alive = (): void => keep(ALIVE, () => store.set(ALIVE, clock.now()))
  const note = (subject: string, to: string, reason: string | null = null): void => {
    if (current.get(subject) === to) return
    current.set(subject, to)
    write(subject, to, reason)
  }
  const refuse = (service: string, state: ServiceState, reason: string): void => {
    if (refused.has(service) || (state !== 'up' && state !== 'busy')) return
    refused.add(service)
    write(`service:${service}`, REFUSED, reason)
  }
  const answered = (service: string, state: ServiceState): void => {
    if (refused.delete(service)) write(`service:${service}`, state, null)
  }

  const before = store.get<number>(ALIVE)
  if (before !== undefined && clock.now() - before > GAP_MS)
    for (const subject of history.known(before))
      write(subject, 'unknown', 'the controller was not running', before)

  return {
    host({ id, state, error }) {
      // `none` is no state of a machine, `connecting` not yet one.
      if (state === 'none' || state === 'connecting') return
      note(`host:${id}`, state, error?.message ?? null)
    },
    hostLost: (host, reason) => note(`host:${host}`, LOST, reason),
    container({ host, container, from, to, seen_by }, why) {
      const subject = `container:${host}/${container}`
      const isRestart = from === to
      if (isRestart) note(subject, 'stopped', why ?? `restarted (seen by the next ${seen_by})`)
      note(subject, to, to === 'running' ? null : why)
    },
    looked(service, outcome, state) {
      if (outcome === 'answered') answered(service, state)
      else if (outcome === 'refused') refuse(service, state, 'it refused a connection')
      // Once it counts as down the prober has said so, and says so of its end.
      if (state === 'down') refused.delete(service)
    },
    knocked(service, isOpen, state, reason) {
      if (isOpen) answered(service, state)
      else refuse(service, state, reason)
    },
    alive,
    close() {
      alive()
      for (const subject of current.keys()) write(subject, 'unknown', 'no longer looked at')
    },
  }
}
