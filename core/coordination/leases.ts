import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { ControlError } from '../errors.ts'
import type { Clock } from '../plugin.ts'
import type { Database } from '../store/database.ts'
import {
  endOf,
  type Lease,
  type LeaseChange,
  type LeaseEnd,
  type LeaseRef,
  type LeaseView,
  viewLease,
} from './lease.ts'
import { heldError, jobError, lostError, type RunningJob } from './lease-errors.ts'
import { createLeaseRows } from './lease-rows.ts'
import { coveredBy, findClash, type HostsOf } from './resources.ts'

export interface LeasesDeps {
  db: Database
  clock: Clock
  hostsOf: HostsOf
  /** Ids of the services there are. */
  services(): string[]
  /** Queued and running jobs with what they hold. */
  running(): RunningJob[]
  /** Told within the write that makes the change: neither is there without the other. */
  tell?(change: LeaseChange): void
  /** Told after it. */
  publish(change: LeaseChange): void
}

export interface AcquireRequest {
  resource: string
  owner: string
  reason: string | null
  ttlMs: number
}

/**
 * Who has reserved which resource. Every call looks and writes without an await in between, so that
 * of any number of callers one wins; each first ends what is over by the clock.
 */
export interface Leases {
  /** Throws LEASE_HELD naming the lease or job in the way. The token is never seen again. */
  acquire(request: AcquireRequest): { token: string; lease: LeaseView }
  /** Counts its time from now, for `ttlMs` if given. Throws LEASE_LOST. */
  renew(token: string, ttlMs?: number): LeaseView
  /** Throws LEASE_LOST. */
  release(token: string): LeaseView
  /** The operator's override; `by` is who did it. Undefined if that lease is over. */
  force(fence: number, by: string): LeaseView | undefined
  /** The lease of a token. Throws LEASE_LOST. */
  holderOf(token: string): LeaseView
  /** Oldest first. */
  list(): LeaseView[]
  /**
   * Throws LEASE_HELD if somebody else has reserved any of `holds`, and LEASE_LOST if the token's
   * own lease is over. Answers that lease.
   */
  arbitrate(holds: readonly string[], token?: string): LeaseRef | undefined
  /** The same for a caller that `arbitrate` has let through. */
  admit(holds: readonly string[], under?: LeaseRef): void
  stop(): void
}

interface Active {
  lease: Lease
  tokenHash: Buffer
}

const TICK_MS = 1000

/** Opens the leases of a database: those that were held still are. */
export function createLeases(deps: LeasesDeps): Leases {
  const { clock, hostsOf } = deps
  const rows = createLeaseRows(deps.db)
  const active = new Map<number, Active>()
  const over = new AbortController()
  let isWatching = false
  const view = (lease: Lease) =>
    viewLease(lease, coveredBy([lease.resource], deps.services(), hostsOf))
  const all = (): Lease[] => [...active.values()].map(({ lease }) => lease)

  const add = (entry: Active): void => {
    active.set(entry.lease.fence, entry)
    void watch()
  }

  const end = (lease: Lease, how: LeaseEnd, by: string | null = null): LeaseView => {
    const ended: Lease = { ...lease, ended: { how, at: clock.now(), by } }
    const change: LeaseChange = { change: how, lease: view(lease) }
    rows.end(ended, () => deps.tell?.(change))
    active.delete(lease.fence)
    deps.publish(change)
    return change.lease
  }

  const sweep = (): void => {
    const nowMs = clock.now()
    for (const { lease } of active.values()) {
      const endsAt = endOf(lease, nowMs)
      if (endsAt <= nowMs) end(lease, 'expired')
      else if (endsAt < lease.expiresAt) {
        lease.expiresAt = endsAt
        rows.save(lease)
      }
    }
  }

  /** Ends leases on time where nobody asks. Ticks, since a clock that is set wakes no sleeper. */
  const watch = async (): Promise<void> => {
    if (isWatching) return
    isWatching = true
    while (active.size > 0 && !over.signal.aborted) {
      await clock.sleep(TICK_MS, over.signal).catch(() => {
        // Only stop() aborts it.
      })
      if (!over.signal.aborted) sweep()
    }
    isWatching = false
  }

  const requireToken = (token: string): Lease => {
    sweep()
    const hash = hashOf(token)
    let found: Lease | undefined
    for (const { lease, tokenHash } of active.values())
      if (timingSafeEqual(hash, tokenHash)) found = lease
    if (found) return found
    const ended = rows.findByHash(hash)
    const next = ended && all().find(({ resource }) => clash([ended.resource], resource))
    throw lostError(ended, next, clock.now())
  }

  const clash = (holds: readonly string[], resource: string): string | undefined =>
    findClash(holds, [resource], hostsOf)

  const refuseFor = (holds: readonly string[], ownFence?: number): void => {
    sweep()
    const other = all().find((it) => it.fence !== ownFence && clash(holds, it.resource))
    if (other) throw heldError(other, clock.now())
  }

  for (const entry of rows.listActive()) add(entry)
  return {
    acquire({ resource, owner, reason, ttlMs }) {
      refuseFor([resource])
      const job = deps.running().find(({ holds }) => clash(holds, resource))
      if (job) throw jobError(job, resource)
      const token = randomBytes(32).toString('base64url')
      const tokenHash = hashOf(token)
      const nowMs = clock.now()
      const times = { acquiredAt: nowMs, renewedAt: nowMs, expiresAt: nowMs + ttlMs }
      const lease = rows.insert({ resource, owner, reason, ttlMs, ...times }, tokenHash, (it) =>
        deps.tell?.({ change: 'acquired', lease: view(it) }),
      )
      add({ lease, tokenHash })
      deps.publish({ change: 'acquired', lease: view(lease) })
      return { token, lease: view(lease) }
    },
    renew(token, ttlMs) {
      const lease = requireToken(token)
      const renewedAt = clock.now()
      const next = { ...lease, ttlMs: ttlMs ?? lease.ttlMs, renewedAt }
      next.expiresAt = renewedAt + next.ttlMs
      rows.save(next)
      Object.assign(lease, next)
      deps.publish({ change: 'renewed', lease: view(lease) })
      return view(lease)
    },
    release: (token) => end(requireToken(token), 'released'),
    force(fence, by) {
      sweep()
      const held = active.get(fence)
      return held && end(held.lease, 'forced', by)
    },
    holderOf: (token) => view(requireToken(token)),
    list() {
      sweep()
      return all().map(view)
    },
    arbitrate(holds, token) {
      const own = token === undefined ? undefined : findOwn(holds, token)
      refuseFor(holds, own?.fence)
      return own && { fence: own.fence, owner: own.owner }
    },
    admit(holds, under) {
      refuseFor(holds, under?.fence)
      if (under && !active.has(under.fence))
        throw new ControlError('LEASE_LOST', `the lease of “${under.owner}” has ended meanwhile`)
    },
    stop: () => over.abort(),
  }

  /** Whoever lost a lease to somebody else is told who has it now, as anyone without one is. */
  function findOwn(holds: readonly string[], token: string): Lease {
    try {
      return requireToken(token)
    } catch (lost) {
      refuseFor(holds)
      throw lost
    }
  }
}

const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest()
