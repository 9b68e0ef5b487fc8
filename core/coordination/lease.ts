import { type Static, Type } from '@sinclair/typebox'
import { toAt } from '../clock.ts'
import { At, Nullable } from '../wire-types.ts'

/** How a lease came to its end. */
export type LeaseEnd = 'released' | 'expired' | 'forced'

/** A lease as it is kept; times in milliseconds since 1970. Its token is nowhere but with its holder. */
export interface Lease {
  /** Rises with every lease ever given, across restarts. */
  fence: number
  resource: string
  owner: string
  reason: string | null
  ttlMs: number
  acquiredAt: number
  renewedAt: number
  expiresAt: number
  ended: { how: LeaseEnd; at: number; by: string | null } | null
}

/** Who may act under a lease: what jobs keep of it, and webhooks tell. */
export const LeaseRef = Type.Object({ fence: Type.Integer(), owner: Type.String() })
export type LeaseRef = Static<typeof LeaseRef>

/** A lease as everybody may see it. */
export const LeaseView = Type.Object({
  fence: Type.Integer(),
  /** `gpu`, `gpu:<host>` or the id of a service. */
  resource: Type.String(),
  owner: Type.String(),
  reason: Nullable(Type.String()),
  ttl_s: Type.Number(),
  acquired_at: At,
  renewed_at: At,
  expires_at: At,
  /** Services that wait for it with every change. */
  services: Type.Array(Type.String()),
})
export type LeaseView = Static<typeof LeaseView>

/** What programs may be told of a lease, and what the event stream carries. */
export interface LeaseChange {
  change: 'acquired' | 'renewed' | LeaseEnd
  lease: LeaseView
}

export const viewLease = (lease: Lease, services: string[]): LeaseView => ({
  fence: lease.fence,
  resource: lease.resource,
  owner: lease.owner,
  reason: lease.reason,
  ttl_s: lease.ttlMs / 1000,
  acquired_at: toAt(lease.acquiredAt),
  renewed_at: toAt(lease.renewedAt),
  expires_at: toAt(lease.expiresAt),
  services,
})

/**
 * When a lease ends, seen from now. Never later than its whole time from now: where the clock was
 * set back an hour, a holder that is gone must not be waited for an hour longer.
 */
export const endOf = ({ expiresAt, ttlMs }: Lease, nowMs: number): number =>
  Math.min(expiresAt, nowMs + ttlMs)
