import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { HostFaults } from '../../faults.ts'

/** A request as a simulated server sees it; `body` is what JSON it came with. */
export interface Asked {
  method: string
  path: string
  body: Record<string, unknown>
}

export interface Answered {
  status: number
  /** Sent as JSON; a string as plain text. */
  value: unknown
}

/** How a server speaks: what it answers, and how it says that it has no room. */
export interface Dialect {
  answer(asked: Asked): Answered | Promise<Answered>
  busy(asked: Asked): Answered
  /** Paths that need no key. */
  openPaths?: readonly string[]
}

export interface ServerOptions {
  port: number
  dialect: Dialect
  apiKey?: string | undefined
  faults?: () => HostFaults
  /** Told every answer, as the server's access log. */
  log?: (line: string) => void
}

export interface RunningServer {
  origin: string
  close(): Promise<void>
}

/** Serves a dialect on loopback; port 0 takes a free one. */
export async function serveDialect(options: ServerOptions): Promise<RunningServer> {
  const server = createServer((request, response) => {
    answer(options, request, response).catch((error: unknown) => {
      if (!response.headersSent) send(response, { status: 500, value: { error: String(error) } })
      else response.destroy()
    })
  })
  server.listen(options.port, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  return {
    origin: `http://127.0.0.1:${port}`,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

async function answer(
  { dialect, apiKey, faults, log }: ServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = (request.url ?? '/').replace(/\?.*$/, '')
  const method = request.method ?? 'GET'
  const { http, busy } = faults?.() ?? {}
  if (http === 'hang') return
  if (http === 'refuse') return void request.socket.destroy()
  const told = (answered: Answered): void => {
    log?.(`"${method} ${path}" ${answered.status}`)
    send(response, answered)
  }
  if (http === 'error') return told({ status: 503, value: { error: 'simulated fault' } })
  const isOpen = dialect.openPaths?.includes(path) ?? false
  if (apiKey && !isOpen && request.headers.authorization !== `Bearer ${apiKey}`)
    return told({ status: 401, value: { detail: 'Unauthorized' } })
  const body = await readJson(request)
  if (!body) return told({ status: 400, value: { error: 'the body is not JSON' } })
  const asked = { method, path, body }
  told(busy && method === 'POST' ? dialect.busy(asked) : await dialect.answer(asked))
}

async function readJson(request: IncomingMessage): Promise<Record<string, unknown> | undefined> {
  let text = ''
  request.setEncoding('utf8')
  for await (const chunk of request) text += chunk
  if (text === '') return {}
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null
      ? (value as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}

function send(response: ServerResponse, { status, value }: Answered): void {
  const isText = typeof value === 'string'
  response.writeHead(status, {
    'content-type': isText ? 'text/plain; charset=utf-8' : 'application/json',
    'x-spark-control-simulated': 'true',
  })
  response.end(isText ? value : JSON.stringify(value))
}
