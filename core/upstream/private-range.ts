import { isIP, isIPv6 } from 'node:net'
import { addressKind } from '../topology/address.ts'

/**
 * What a host is as an upstream: `odd` are numeric forms that only some resolvers take for an
 * address (`0177.0.0.1`, `2130706433`, `127.1`) and whatever else is no host, all of them refused.
 * 169.254/16 (cloud metadata) is local too, and `public` on purpose.
 */
type UpstreamKind = 'private' | 'public' | 'name' | 'odd'

/** Sorts the host of a URL (`10.0.0.1`, `[fd00::1]`, `spark.lan`); a name is judged as it resolves. */
export function classifyAddress(host: string): UpstreamKind {
  const inner = /^\[(.*)\]$/.exec(host)?.[1]
  if (inner !== undefined && !isIPv6(inner)) return 'odd'
  const kind = addressKind(inner ?? host)
  if (kind === 'invalid') return 'odd'
  return kind === 'link-local' ? 'public' : kind
}

/** Whether a resolved address may be connected to. */
export const isPrivateResolved = (address: string): boolean =>
  isIP(address) !== 0 && classifyAddress(address) === 'private'
