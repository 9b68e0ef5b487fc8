import type { LookupAddress } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'
import { ControlError } from '../errors.ts'
import { createCheckedLookup, type Resolve } from '../upstream/private-lookup.ts'
import { classifyAddress } from '../upstream/private-range.ts'

/**
 * Addresses no receiver has: link-local ones, where clouds answer with credentials, the metadata
 * services that stand elsewhere, and what is no single machine. (BlockList looks into ::ffff: too.)
 */
const REFUSED = new BlockList()
REFUSED.addSubnet('0.0.0.0', 8)
REFUSED.addSubnet('169.254.0.0', 16)
REFUSED.addAddress('100.100.100.200')
REFUSED.addAddress('192.0.0.192')
REFUSED.addSubnet('224.0.0.0', 3)
REFUSED.addAddress('::', 'ipv6')
REFUSED.addSubnet('fe80::', 10, 'ipv6')
REFUSED.addSubnet('ff00::', 8, 'ipv6')
REFUSED.addAddress('fd00:ec2::254', 'ipv6')
// NAT64 and IPv4-compatible: an IPv4 address in disguise.
REFUSED.addSubnet('64:ff9b::', 96, 'ipv6')

/** Whether nothing may be sent to an address. */
export function isRefusedAddress(address: string): boolean {
  const version = isIP(address)
  return version === 0 || REFUSED.check(address, version === 4 ? 'ipv4' : 'ipv6')
}

/** Why a webhook cannot be sent to a URL, in the words of a diagnostic; without the URL, a secret. */
export function whyNotTarget(text: string, format: string): string | undefined {
  const url = URL.parse(text)
  if (!url || !/^https?:$/.test(url.protocol)) return 'is not an http:// or https:// address'
  if (url.username || url.password) return 'holds a user or password; a token has its own key'
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (isIP(host) !== 0 && isRefusedAddress(host))
    return `leads to ${host}, a link-local or reserved address, to which nothing is sent`
  if (classifyAddress(url.hostname) === 'odd') return 'names no host'
  const segments = url.pathname.split('/').filter(Boolean)
  if (format === 'ntfy' && segments.length === 0)
    return 'names no topic; expected an address such as https://ntfy.example.org/my-topic'
  if (format === 'ntfy' && !isEncoded(segments.at(-1) ?? ''))
    return 'names a topic with a % that begins no escape; % itself is written %25'
  if (format === 'matrix' && (segments.length > 0 || url.search))
    return 'holds a path; expected the address of the homeserver alone'
  return undefined
}

function isEncoded(segment: string): boolean {
  try {
    return decodeURIComponent(segment) !== ''
  } catch {
    return false
  }
}

/** A `lookup` that looks at each address a name gives, at every connection. */
export const createTargetLookup = (resolve?: Resolve): LookupFunction =>
  createCheckedLookup(
    ({ address }) => !isRefusedAddress(address),
    (name, { address }: LookupAddress) =>
      new ControlError(
        'WEBHOOK_REFUSED',
        `${name} resolves to ${address}, a link-local or reserved address`,
        { hint: 'nothing is sent there; look at the name in your DNS' },
      ),
    resolve,
  )
