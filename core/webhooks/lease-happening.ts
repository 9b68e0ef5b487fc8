import type { LeaseChange } from '../coordination/lease.ts'
import type { Happening } from '../events/happening.ts'

/** What is told of a change of a reservation; undefined for a renewal, which is nobody's news. */
export function leaseHappening({ change, lease }: LeaseChange): Happening | undefined {
  if (change === 'renewed') return undefined
  const { owner, fence, resource, reason, expires_at, services } = lease
  return {
    key: `lease:${fence}:${change}`,
    name: `lease_${change}`,
    subject: `“${owner}”`,
    data: { owner, fence, resource, reason, expires_at, services },
  }
}
