import { createHash, randomBytes } from 'node:crypto'
import { ControlError } from '../errors.ts'
import type { Database } from '../store/database.ts'
import { createHeldLeases, type HeldLeasesDeps } from './held-leases.ts'
import { type Lease, type LeaseRef, type LeaseView, viewLease } from './lease.ts'
import { heldError, jobError, lostError, type RunningJob } from './lease-errors.ts'
import { createLeaseRows } from './lease-rows.ts'
import { coveredBy, findClash, type HostsOf } from './resources.ts'

export interface LeasesDeps extends Omit<HeldLeasesDeps, 'rows' | 'view'> {
  db: Database
  hostsOf: HostsOf
  /** Ids of the services there are. */
  services(): string[]
  /** Queued and running jobs with what they hold. */
  running(): RunningJob[]
}

export interface AcquireRequest {
  resource: string
  owner: string
  reason: string | null
  ttlMs: number
}

/**
 * Who has reserved which resource. Every call looks and writes without an await in between, so that
 * of any number of callers one wins.
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

/** Opens the leases of a database: those that were held still are. */
export function createLeases({ db, hostsOf, services, running, ...rest }: LeasesDeps): Leases {
  const { clock } = rest
  const rows = createLeaseRows(db)
  const view = (lease: Lease) => viewLease(lease, coveredBy([lease.resource], services(), hostsOf))
  const held = createHeldLeases({ ...rest, rows, view })
  const meets = (holds: readonly string[], resource: string): boolean =>
    findClash(holds, [resource], hostsOf) !== undefined

  const refuseFor = (holds: readonly string[], ownFence?: number): void => {
    const other = held.all().find((it) => it.fence !== ownFence && meets(holds, it.resource))
    if (other) throw heldError(other, clock.now())
  }

  const requireToken = (token: string): Lease => {
    const lease = held.findByHash(hashOf(token))
    if (lease) return lease
    const ended = rows.findByHash(hashOf(token))
    const next = ended && held.all().find(({ resource }) => meets([ended.resource], resource))
    throw lostError(ended, next, clock.now())
  }

  /** Whoever lost a lease to somebody else is told who has it now, as anyone without one is. */
  const findOwn = (holds: readonly string[], token: string): Lease => {
    try {
      return requireToken(token)
    } catch (lost) {
      refuseFor(holds)
      throw lost
    }
  }

  return {
    acquire({ resource, owner, reason, ttlMs }) {
      refuseFor([resource])
      const job = running().find(({ holds }) => meets(holds, resource))
      if (job) throw jobError(job, resource)
      const token = randomBytes(32).toString('base64url')
      const nowMs = clock.now()
      const times = { ttlMs, acquiredAt: nowMs, renewedAt: nowMs, expiresAt: nowMs + ttlMs }
      const lease = held.add({ resource, owner, reason, ...times }, hashOf(token))
      return { token, lease: view(lease) }
    },
    renew(token, ttlMs) {
      const lease = requireToken(token)
      held.renew(lease, ttlMs ?? lease.ttlMs)
      return view(lease)
    },
    release: (token) => held.end(requireToken(token), 'released'),
    force(fence, by) {
      const lease = held.find(fence)
      return lease && held.end(lease, 'forced', by)
    },
    holderOf: (token) => view(requireToken(token)),
    list: () => held.all().map(view),
    arbitrate(holds, token) {
      const own = token === undefined ? undefined : findOwn(holds, token)
      refuseFor(holds, own?.fence)
      return own && { fence: own.fence, owner: own.owner }
    },
    admit(holds, under) {
      refuseFor(holds, under?.fence)
      if (under && !held.find(under.fence))
        throw new ControlError('LEASE_LOST', `the lease of “${under.owner}” has ended meanwhile`)
    },
    stop: () => held.stop(),
  }
}

const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest()
