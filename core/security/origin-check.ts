import type { IncomingMessage } from 'node:http'
import { BlockList, isIPv4, isIPv6 } from 'node:net'
import { ControlError } from '../errors.ts'

export interface OriginRules {
  /** `access.trusted_origins`: pages elsewhere that may call this API. */
  trusted_origins: readonly string[]
  /** `access.trusted_proxies`: addresses and ranges whose X-Forwarded-Proto is believed. */
  trusted_proxies: readonly string[]
}

export interface OriginCheck {
  /** The rules of Go's http.CrossOriginProtection: null lets the request pass. */
  check(req: IncomingMessage): ControlError | null
  /** The request's Origin if it is a trusted one of another site, else undefined. */
  trustedOrigin(req: IncomingMessage): string | undefined
}

/** Builds the same-origin check for methods that are not safe. */
export function createOriginCheck(rules: OriginRules): OriginCheck {
  // `null` is every sandboxed page there is, and so nobody to trust.
  const trusted = new Set(rules.trusted_origins.map(normalOrigin).filter((o) => o !== 'null'))
  const proxies = listed(rules.trusted_proxies)
  const isTrusted = (origin: string | undefined): boolean =>
    origin !== undefined && trusted.has(normalOrigin(origin))

  const check = (req: IncomingMessage): ControlError | null => {
    if (isSafe(req.method)) return null
    const { origin } = req.headers
    const site = req.headers['sec-fetch-site']
    if (site === undefined || site === '') {
      // Neither header: no browser, or one that has nothing to say.
      if (origin === undefined || isSameOrigin(origin, req, proxies)) return null
    } else if (site === 'same-origin' || site === 'none') return null
    return isTrusted(origin) ? null : refusal(origin)
  }
  return {
    check,
    trustedOrigin: (req) => (isTrusted(req.headers.origin) ? req.headers.origin : undefined),
  }
}

const isSafe = (method: string | undefined): boolean =>
  method === 'GET' || method === 'HEAD' || method === 'OPTIONS'

/** Host against host; the scheme too where a trusted proxy says which one the browser used. */
function isSameOrigin(origin: string, req: IncomingMessage, proxies: BlockList): boolean {
  const match = /^(https?):\/\/([^/]+)$/i.exec(origin)
  const [, originScheme = '', originHost = ''] = match ?? []
  if (originHost === '') return false
  const scheme = forwardedScheme(req, proxies)
  if (scheme !== undefined && scheme !== originScheme.toLowerCase()) return false
  // Without a word from a proxy the scheme is unknown: TLS may end in front of us.
  return withoutPort(originHost, originScheme) === withoutPort(req.headers.host ?? '', originScheme)
}

function forwardedScheme(req: IncomingMessage, proxies: BlockList): string | undefined {
  const header = req.headers['x-forwarded-proto']
  if (header === undefined || !isIn(proxies, plainAddress(req.socket.remoteAddress)))
    return undefined
  const first = (typeof header === 'string' ? header : header.join(',')).split(',')[0]
  return first?.trim().toLowerCase()
}

/** What is neither address nor range trusts nobody; reading the topology has told it. */
function listed(addresses: readonly string[]): BlockList {
  const list = new BlockList()
  for (const entry of addresses) {
    const [address = '', bits] = entry.split('/')
    const most = isIPv4(address) ? 32 : 128
    if (isIPv4(address) || isIPv6(address))
      list.addSubnet(address, bits === undefined ? most : Number(bits), familyOf(address))
  }
  return list
}

const familyOf = (address: string) => (isIPv4(address) ? 'ipv4' : 'ipv6')
const isIn = (list: BlockList, address: string): boolean => list.check(address, familyOf(address))

/** `::ffff:10.0.0.1` is how a dual-stack socket names 10.0.0.1. */
function plainAddress(address: string | undefined): string {
  const bare = address?.startsWith('::ffff:') ? address.slice(7) : ''
  return isIPv4(bare) ? bare : (address ?? '')
}

function withoutPort(host: string, scheme: string): string {
  const port = scheme.toLowerCase() === 'https' ? ':443' : ':80'
  const lower = host.toLowerCase()
  return lower.endsWith(port) ? lower.slice(0, -port.length) : lower
}

const normalOrigin = (origin: string): string => origin.toLowerCase().replace(/\/$/, '')

const refusal = (origin: string | undefined): ControlError =>
  new ControlError(
    'ORIGIN_REFUSED',
    `A page of ${origin ?? 'another site'} may not change anything here.`,
    {
      hint: `If the page is yours, add it to topology.yaml: access: { trusted_origins: [${origin ?? 'https://example.lan'}] }`,
    },
  )
