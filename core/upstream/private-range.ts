import { isIP, isIPv4, isIPv6 } from 'node:net'

/**
 * What a host is as an upstream: `odd` are numeric forms that only some resolvers take for an
 * address (`0177.0.0.1`, `2130706433`, `127.1`) and that are therefore refused.
 */
export type AddressKind = 'private' | 'public' | 'name' | 'odd'

/** Sorts a host (`10.0.0.1`, `[fd00::1]`, `spark.lan`) into private, public, a name, or an odd form. */
export function classifyAddress(host: string): AddressKind {
  const bare = host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host
  if (isIPv4(host)) return isPrivateV4(host) ? 'private' : 'public'
  if (isIPv6(bare)) return isPrivateV6(bare) ? 'private' : 'public'
  if (host !== bare || bare.includes(':') || isNumericForm(bare)) return 'odd'
  return NAME.test(bare) ? 'name' : 'odd'
}

/**
 * Whether a host is an address literal in RFC 1918, 100.64/10, ULA or loopback. A name is not an
 * address: its addresses are checked when the connection is made.
 */
export const isPrivateAddress = (host: string): boolean => classifyAddress(host) === 'private'

/** Whether a resolved address may be connected to. */
export const isPrivateResolved = (address: string): boolean =>
  isIP(address) !== 0 && classifyAddress(address) === 'private'

const NAME =
  /^(?=.{1,253}\.?$)[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*\.?$/i

/** WHATWG URL and inet_aton read a host whose last label is a number as IPv4. */
function isNumericForm(host: string): boolean {
  const labels = host.replace(/\.$/, '').split('.')
  const last = labels[labels.length - 1] ?? ''
  return /^(?:\d+|0x[0-9a-f]*)$/i.test(last)
}

// 169.254/16 (cloud metadata) and 0.0.0.0/8 are local too, and refused on purpose.
function isPrivateV4(address: string): boolean {
  const [a = 0, b = 0] = address.split('.').map(Number)
  if (a === 10 || a === 127) return true
  if (a === 172) return b >= 16 && b <= 31
  if (a === 192) return b === 168
  return a === 100 && b >= 64 && b <= 127
}

function isPrivateV6(address: string): boolean {
  if (address.includes('%')) return false
  const groups = expandV6(address)
  const high = groups.slice(0, 5).every((group) => group === 0)
  if (high && groups[5] === 0xffff) return isPrivateV4(embeddedV4(groups))
  if (high && groups[5] === 0 && groups[6] === 0) return groups[7] === 1
  return ((groups[0] ?? 0) & 0xfe00) === 0xfc00
}

const embeddedV4 = (groups: number[]): string => {
  const [high = 0, low = 0] = groups.slice(6)
  return [high >> 8, high & 255, low >> 8, low & 255].join('.')
}

/** The eight groups of a valid IPv6 address. */
function expandV6(address: string): number[] {
  // URL writes the dotted tail of ::ffff:10.0.0.1 as two groups.
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1)
  const [head = '', tail] = canonical.split('::')
  const groupsOf = (text: string): number[] =>
    text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16))
  const left = groupsOf(head)
  if (tail === undefined) return left
  const right = groupsOf(tail)
  return [...left, ...Array<number>(8 - left.length - right.length).fill(0), ...right]
}
