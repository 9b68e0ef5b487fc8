import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { ControlError } from './errors.ts'
import { serveRequests } from './upstream/continue.ts'
import { refuseAmbiguous } from './upstream/guard-request.ts'
import { writeError } from './upstream/write-error.ts'

export interface ServerParts {
  /** Runs before everything else, on every request: Host and origin. */
  check(req: IncomingMessage): ControlError | null
  /** Headers of every answer. */
  headersFor(req: IncomingMessage): Record<string, string>
  handle(req: IncomingMessage, res: ServerResponse): void
}

/** The one http.Server. It outlives every generation of routes, so open streams survive a reload. */
export function createHttpServer(parts: ServerParts): Server {
  const server = createServer({
    // Uploads and completions may take an hour; headers may not.
    requestTimeout: 0,
    headersTimeout: 10_000,
    connectionsCheckingInterval: 5_000,
    keepAliveTimeout: 72_000,
  })
  serveRequests(server, (req, res) => {
    const id = nameRequest(req)
    res.setHeader('x-request-id', id)
    const headers = parts.headersFor(req)
    for (const name in headers) res.setHeader(name, headers[name] as string)
    const refused = refuseAmbiguous(req) ?? parts.check(req)
    if (refused) writeError(req, res, refused, { 'x-request-id': id })
    else parts.handle(req, res)
  })
  return server
}

const ids = new WeakMap<IncomingMessage, string>()

/** The id this controller gave a request; logs, errors and answers carry it. */
export const requestIdOf = (req: IncomingMessage): string => ids.get(req) ?? ''

function nameRequest(req: IncomingMessage): string {
  const id = randomBytes(9).toString('base64url')
  ids.set(req, id)
  return id
}
