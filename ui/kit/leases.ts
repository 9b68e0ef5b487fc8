import type { LeaseView } from '../../core/coordination/lease.ts'
import { nameOf } from '../../core/coordination/resources.ts'
import { live } from '../live.ts'
import { formatTime } from './format.ts'

/** What a change of a service would have to wait for, in a sentence; undefined if for nothing. */
export function waitsFor(service: string | undefined): string | undefined {
  const lease = live.leases.find(({ services }) => services.includes(service ?? ''))
  return lease && `It waits: ${sayHolder(lease)}.`
}

/** `“crm” has reserved every GPU until 06:00:00` */
export const sayHolder = ({ owner, resource, expires_at }: LeaseView): string =>
  `“${owner}” has reserved ${nameOf(resource)} until ${formatTime(expires_at)}`
