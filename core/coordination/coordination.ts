import type { Events } from '../events/events.ts'
import type { Clock } from '../plugin.ts'
import type { Database } from '../store/database.ts'
import type { LeaseChange } from './lease.ts'
import type { RunningJob } from './lease-errors.ts'
import { createLeases, type Leases } from './leases.ts'
import type { ResourceNames } from './request-parts.ts'
import type { HostsOf } from './resources.ts'
import { createSchedules, type Schedules } from './schedules.ts'

/** Who may act on what, and who will need it when. */
export interface Coordination {
  leases: Leases
  schedules: Schedules
  names: ResourceNames
  hostsOf: HostsOf
  now(): number
}

export interface CoordinationDeps {
  db: Database
  clock: Clock
  events: Events
  names: ResourceNames
  hostsOf: HostsOf
  running(): RunningJob[]
  /** Told within the write that changes a lease. */
  tell?(change: LeaseChange): void
}

/** Opens leases and schedules; what changes in them goes out as events. */
export function createCoordination(deps: CoordinationDeps): Coordination {
  const { db, clock, events, names, hostsOf, running, tell } = deps
  const leases = createLeases({
    ...{ db, clock, hostsOf, running },
    services: names.services,
    publish: (change) => events.publish({ type: 'lease', ...change }),
    ...(tell && { tell }),
  })
  const schedules = createSchedules(db, clock, () =>
    events.publish({ type: 'changed', topic: 'schedules', service: null }),
  )
  return { leases, schedules, names, hostsOf, now: clock.now }
}
