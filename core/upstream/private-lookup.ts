import { type LookupAddress, lookup as systemLookup } from 'node:dns'
import type { LookupFunction } from 'node:net'
import { ControlError } from '../errors.ts'
import { isPrivateResolved } from './private-range.ts'

/** Resolves a name to all its IPv4 addresses. */
export type Resolve = (
  name: string,
  done: (error: Error | null, addresses: LookupAddress[]) => void,
) => void

// IPv4 only: a .local name may resolve to IPv6 first and hang.
const resolveV4: Resolve = (name, done) => systemLookup(name, { family: 4, all: true }, done)

/**
 * A `lookup` for net.connect which runs at every connection, so that a name that flips to a public
 * address between check and use connects nowhere (UPSTREAM_NOT_PRIVATE).
 */
export const createPrivateLookup = (resolve: Resolve = resolveV4): LookupFunction =>
  createCheckedLookup(
    ({ address }) => isPrivateResolved(address),
    (name, { address }) =>
      new ControlError(
        'UPSTREAM_NOT_PRIVATE',
        `${name} resolves to ${address}, which is outside the private ranges.`,
        { hint: 'Give the host by its address on your own network, as 192.168.1.20.' },
      ),
    resolve,
  )

/** A `lookup` that fails with `refuse` when one of a name's addresses is not allowed. */
export function createCheckedLookup(
  isAllowed: (address: LookupAddress) => boolean,
  refuse: (name: string, address: LookupAddress) => Error,
  resolve: Resolve = resolveV4,
): LookupFunction {
  return (name, options, callback) => {
    resolve(name, (error, addresses) => {
      const outside = addresses?.find((address) => !isAllowed(address))
      const refused = error ?? (outside ? refuse(name, outside) : nothing(name, addresses))
      if (refused) callback(refused, [])
      else if (options.all) callback(null, addresses)
      else callback(null, addresses[0]?.address ?? '', 4)
    })
  }
}

const nothing = (name: string, addresses: LookupAddress[]): Error | null =>
  addresses.length > 0
    ? null
    : Object.assign(new Error(`${name} has no IPv4 address`), { code: 'ENOTFOUND' })
