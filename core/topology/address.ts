import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net'

/** RFC 1918, carrier-grade NAT (VPNs such as Tailscale use it), loopback, ULA. */
const PRIVATE = new BlockList()
PRIVATE.addSubnet('10.0.0.0', 8)
PRIVATE.addSubnet('172.16.0.0', 12)
PRIVATE.addSubnet('192.168.0.0', 16)
PRIVATE.addSubnet('100.64.0.0', 10)
PRIVATE.addSubnet('127.0.0.0', 8)
PRIVATE.addSubnet('fc00::', 7, 'ipv6')
PRIVATE.addAddress('::1', 'ipv6')

/** Addresses that two machines on one cable give themselves. Fine between hosts, not for upstreams. */
const LINK_LOCAL = new BlockList()
LINK_LOCAL.addSubnet('169.254.0.0', 16)
LINK_LOCAL.addSubnet('fe80::', 10, 'ipv6')

/** What a text is as the place of a machine. */
export type AddressKind = 'private' | 'link-local' | 'public' | 'name' | 'invalid'

/** Sorts what stands for a machine: an address literal by its range, a name, or neither. */
export function addressKind(text: string): AddressKind {
  if (isIPv4(text)) return rangeOf(text, 'ipv4')
  if (isIPv6(text) && !text.includes('%')) return rangeOf(text, 'ipv6')
  return isName(text) ? 'name' : 'invalid'
}

/** Why a machine may not be an upstream, or undefined if it may. A name is judged when it resolves. */
export function whyNotUpstream(address: string): string | undefined {
  const kind = addressKind(address)
  if (kind === 'public' || kind === 'link-local')
    return 'is not in a private range (10/8, 172.16/12, 192.168/16, 100.64/10, fc00::/7, loopback)'
  if (kind === 'invalid') return 'is neither an IP address nor a host name'
  return undefined
}

/** The machine a URL names, without the brackets of IPv6; undefined if it is no http(s) URL. */
export function hostOfUrl(text: string): string | undefined {
  const url = URL.parse(text)
  if (!url || !/^https?:$/.test(url.protocol)) return undefined
  return url.hostname.replace(/^\[|\]$/g, '')
}

/** The port of an http(s) URL, the scheme's own where it says none. */
export function portOfUrl(text: string): number {
  const url = new URL(text)
  return Number(url.port) || (url.protocol === 'https:' ? 443 : 80)
}

/** What more than scheme, machine and port a URL carries, or undefined. */
export function whyNotOrigin(text: string): string | undefined {
  const url = new URL(text)
  if (url.username || url.password) return 'holds a user or password'
  if (url.pathname !== '/') return `holds the path "${url.pathname}"`
  if (url.search || url.hash || text.endsWith('?') || text.endsWith('#'))
    return 'holds more than an address'
  return undefined
}

/** `10.0.0.1`, `fd00::/8`, …: an address or a range of them. */
export function isAddressOrRange(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/')
  const version = isIP(address)
  if (version === 0 || rest.length > 0) return false
  if (bits === undefined) return true
  return /^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128)
}

/** `http://10.0.0.1:8000`, IPv6 in brackets. */
export const originFor = (address: string, port: number): string =>
  `http://${isIPv6(address) ? `[${address}]` : address}:${port}`

function rangeOf(address: string, family: 'ipv4' | 'ipv6'): AddressKind {
  if (PRIVATE.check(address, family)) return 'private'
  return LINK_LOCAL.check(address, family) ? 'link-local' : 'public'
}

/** A host name whose last label is no number, since `10.1` and `0x7f.1` are addresses in disguise. */
function isName(text: string): boolean {
  if (text.length > 253) return false
  const labels = text.replace(/\.$/, '').split('.')
  if (/^(\d+|0x[\da-f]*)$/i.test(labels.at(-1) ?? '')) return false
  return labels.every((label) => /^[a-z\d_]([a-z\d_-]{0,61}[a-z\d_])?$/i.test(label))
}
