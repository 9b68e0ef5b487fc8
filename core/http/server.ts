import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Guard } from '../security/guard.ts'
import { writeRefusal } from '../security/refusal.ts'
import { serveRequests } from '../upstream/continue.ts'
import { Answer } from './answer.ts'

export interface ServerParts {
  /** The guard of the topology in force; asked at every request. */
  guard(): Guard
  /** Headers every answer has besides the guard's. */
  headers: Readonly<Record<string, string>>
  handle(req: IncomingMessage, res: ServerResponse): void
  /** Told of every request, refused ones too. */
  count(req: IncomingMessage, res: ServerResponse): void
}

/** The one http.Server. It outlives every generation of routes, so open streams survive a reload. */
export function createHttpServer(parts: ServerParts): Server {
  const server = createServer({
    ServerResponse: Answer,
    // Uploads and completions may take an hour; headers may not.
    requestTimeout: 0,
    headersTimeout: 10_000,
    connectionsCheckingInterval: 5_000,
    keepAliveTimeout: 72_000,
    // A caller that vanished without a word would keep its stream open for ever.
    keepAlive: true,
    keepAliveInitialDelay: 60_000,
  })
  serveRequests(server, (req, res) => {
    const id = nameRequest(req)
    parts.count(req, res)
    const guard = parts.guard()
    res.base = { 'x-request-id': id, ...parts.headers, ...guard.headersFor(req) }
    const refused = guard.check(req)
    if (refused) return writeRefusal(req, res, refused, { 'x-request-id': id })
    const preflight = guard.preflight(req)
    if (preflight) res.writeHead(204, preflight).end()
    else parts.handle(req, res)
  })
  return server
}

const ID = Symbol('request id')
type Named = IncomingMessage & { [ID]?: string }

/** The id this controller gave a request; logs, errors and answers carry it. */
export const requestIdOf = (req: Named): string => req[ID] ?? ''

// Random per process, counted within it: an id is no secret, and random bytes for each request
// were a twentieth of its cost.
const prefix = randomBytes(6).toString('base64url')
let count = 0

function nameRequest(req: Named): string {
  count += 1
  const id = `${prefix}-${count.toString(36)}`
  req[ID] = id
  return id
}
