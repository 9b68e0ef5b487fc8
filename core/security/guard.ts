import type { IncomingMessage } from 'node:http'
import type { ControlError } from '../errors.ts'
import { refuseAmbiguous } from '../upstream/guard-request.ts'
import { API_HEADERS, PAGE_HEADERS } from './answer-headers.ts'
import { createHostCheck } from './host-check.ts'
import { createOriginCheck } from './origin-check.ts'

/** `access` of the topology. */
export interface Access {
  hosts: readonly string[]
  trusted_origins: readonly string[]
  trusted_proxies: readonly string[]
}

/** What stands before everything else, for requests of every kind, before any body is read. */
export interface Guard {
  /** BAD_REQUEST, HOST_REFUSED or ORIGIN_REFUSED; null lets the request in. */
  check(req: IncomingMessage): ControlError | null
  /** Headers of the answer: security, and CORS for a trusted origin. Not to be changed by the caller. */
  headersFor(req: IncomingMessage): Readonly<Record<string, string>>
  /** Headers of the 204 for a preflight of a trusted origin; null if the request is none. */
  preflight(req: IncomingMessage): Record<string, string> | null
}

/** Builds the guard of one topology. Pure: no socket, no clock, no disk. */
export function createGuard(access: Access, { hostname }: { hostname: string }): Guard {
  const checkHost = createHostCheck({ hosts: access.hosts, hostname })
  const origins = createOriginCheck(access)

  return {
    check: (req) => refuseAmbiguous(req) ?? checkHost(req.headers.host ?? '') ?? origins.check(req),
    headersFor(req) {
      const base = isApi(req.url ?? '') ? API_HEADERS : PAGE_HEADERS
      const origin = req.headers.origin && origins.trustedOrigin(req)
      return origin ? { ...base, ...corsHeaders(origin) } : base
    },
    preflight(req) {
      const method = req.headers['access-control-request-method']
      const origin = req.method === 'OPTIONS' && method && origins.trustedOrigin(req)
      return origin ? { ...corsHeaders(origin), ...preflightHeaders(req) } : null
    },
  }
}

const isApi = (url: string): boolean =>
  url.startsWith('/v1/') || url.startsWith('/api/') || url === '/api' || url.startsWith('/api?')

const corsHeaders = (origin: string): Record<string, string> => ({
  'access-control-allow-origin': origin,
  'access-control-expose-headers': 'location, retry-after, x-request-id',
  'cross-origin-resource-policy': 'cross-origin',
  vary: 'origin',
})

function preflightHeaders(req: IncomingMessage): Record<string, string> {
  const wanted = req.headers['access-control-request-headers'] ?? ''
  const isClean = /^[a-z0-9\-_, ]{1,1000}$/i.test(wanted)
  return {
    'access-control-allow-methods': 'GET, HEAD, POST, PUT, DELETE',
    'access-control-max-age': '600',
    ...(isClean && { 'access-control-allow-headers': wanted }),
    ...(req.headers['access-control-request-private-network'] === 'true' && {
      'access-control-allow-private-network': 'true',
    }),
  }
}
