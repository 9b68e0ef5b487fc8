import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'

/**
 * The raw header pairs that go up to the server: the client's, less what belongs to the connection
 * to us, to our own front door, or to nobody (credentials). Framing and Host are the caller's.
 */
export function headersUp(req: IncomingMessage): string[] {
  const named = namedInConnection(req.headers.connection)
  const raw = req.rawHeaders
  const up: string[] = []
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i] as string
    if (isKeptUp(name) && (named === null || !named.has(name.toLowerCase()))) {
      up.push(name, raw[i + 1] as string)
    }
  }
  return up
}

/**
 * The raw header pairs that go down to the client. `extra`, and what is already set on the answer
 * (security headers), win over the server's own.
 */
export function headersDown(
  res: ServerResponse,
  headers: IncomingHttpHeaders,
  isEventStream: boolean,
  extra: Record<string, string> | undefined,
): string[] {
  const named = namedInConnection(headers.connection)
  const down: string[] = []
  for (const name in headers) {
    if (DROPPED_DOWN.has(name) || name.startsWith('access-control-')) continue
    if (isEventStream && name === 'cache-control') continue
    if (named?.has(name) || res.hasHeader(name) || hasOwnName(extra, name)) continue
    const value = headers[name]
    if (typeof value === 'string') down.push(name, value)
    else if (value) for (const each of value) down.push(name, each)
  }
  for (const name in extra) down.push(name, extra[name] as string)
  // nginx and its like hold events back unless told.
  if (isEventStream) down.push('cache-control', 'no-cache', 'x-accel-buffering', 'no')
  return down
}

/** A stream whose head is written cannot say any more that it is compressed. */
export function askPlain(pairs: string[]): void {
  for (let i = pairs.length - 2; i >= 0; i -= 2) {
    if (pairs[i]?.toLowerCase() === 'accept-encoding') pairs.splice(i, 2)
  }
  pairs.push('accept-encoding', 'identity')
}

/** Whether events can be added to the stream: not in a compressed one, nor in one of given length. */
export const isPlainStream = (headers: IncomingHttpHeaders): boolean =>
  headers['content-length'] === undefined &&
  (headers['content-encoding'] === undefined || headers['content-encoding'] === 'identity')

const HOP_BY_HOP = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-authentication-info',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]

const DROPPED_UP = new Set([
  ...HOP_BY_HOP,
  'host',
  'content-length',
  'expect',
  'http2-settings',
  // Credentials are between the client and us; the service has its own key.
  'authorization',
  'x-api-key',
  'api-key',
  'cookie',
  // Judged by our guard. Some servers refuse origins they do not know (Ollama answers 403).
  'origin',
  // Claims that nobody checked.
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-proto',
  'x-forwarded-prefix',
  'x-real-ip',
])

const DROPPED_DOWN = new Set([
  ...HOP_BY_HOP,
  // A server behind us may not speak for our origin (nor open it: access-control-*).
  'set-cookie',
  'clear-site-data',
  'strict-transport-security',
  'alt-svc',
  'refresh',
  'service-worker-allowed',
  'nel',
  'report-to',
  'reporting-endpoints',
  // A browser would ask for a password in the name of our origin.
  'www-authenticate',
  // A proxy in front of us (nginx, Apache, lighttpd) takes these for our orders: send a file of its
  // own disk, ask another server, hold back or slow down.
  'x-accel-redirect',
  'x-accel-expires',
  'x-accel-limit-rate',
  'x-accel-charset',
  'x-sendfile',
  'x-sendfile-temporary',
  'x-lighttpd-send-file',
  'x-reproxy-url',
  // Said by the controller alone, of its own cluster.
  'x-spark-control-simulated',
  'x-accel-buffering',
])

// Names come in few spellings; a bounded cache of the decision saves a lower-casing for each.
const keptUp = new Map<string, boolean>()

function isKeptUp(name: string): boolean {
  const known = keptUp.get(name)
  if (known !== undefined) return known
  const isKept = !DROPPED_UP.has(name.toLowerCase())
  if (keptUp.size >= 1_000) keptUp.clear()
  keptUp.set(name, isKept)
  return isKept
}

function namedInConnection(connection: string | string[] | undefined): Set<string> | null {
  if (connection === undefined || connection === 'keep-alive' || connection === 'close') return null
  const text = typeof connection === 'string' ? connection : connection.join(',')
  return new Set(text.split(',').map((token) => token.trim().toLowerCase()))
}

const hasOwnName = (extra: Record<string, string> | undefined, name: string): boolean =>
  extra !== undefined && Object.hasOwn(extra, name)
