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
export function createPrivateLookup(resolve: Resolve = resolveV4): LookupFunction {
  return (name, options, callback) => {
    resolve(name, (error, addresses) => {
      const refused = error ?? refusal(name, addresses)
      if (refused) callback(refused, [])
      else if (options.all) callback(null, addresses)
      else callback(null, addresses[0]?.address ?? '', 4)
    })
  }
}

function refusal(name: string, addresses: LookupAddress[]): Error | null {
  if (addresses.length === 0) {
    return Object.assign(new Error(`${name} has no IPv4 address`), { code: 'ENOTFOUND' })
  }
  const outside = addresses.find(({ address }) => !isPrivateResolved(address))
  if (!outside) return null
  return new ControlError(
    'UPSTREAM_NOT_PRIVATE',
    `${name} resolves to ${outside.address}, which is outside the private ranges.`,
    { hint: 'Give the host by its address on your own network, as 192.168.1.20.' },
  )
}
