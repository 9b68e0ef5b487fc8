import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { malformed, QdrantError } from './refuse.ts'
import { answerCollections, type Collections } from './routes.ts'

export interface QdrantOptions {
  port?: number
  /** Asked for by everything but the looks at its health. */
  apiKey?: string | undefined
  /** What outlives the server, as its volume does. */
  collections?: Collections
  /** Told every request as it came: `DELETE /collections/docs`. */
  record?(line: string): void
  /** What it answers instead, asked before each request under /collections. */
  fault?(): QdrantFault | undefined
  /** Awaited before points are written or deleted. */
  beforeWrite?(): Promise<void>
}

/** `busy`: too many requests (429). `full`: its disk is (507). `error`: a 503. `hang`: no answer. */
export type QdrantFault = 'busy' | 'full' | 'error' | 'hang'

export interface SimulatedQdrant {
  readonly port: number
  readonly collections: Collections
  /** Ends it with its connections, as a crash would; the collections stay. */
  close(): Promise<void>
}

const BODY_BYTES = 32 * 1024 * 1024

/** A server in memory with the REST shape, the scores and the errors of Qdrant 1.19. */
export async function startQdrant(options: QdrantOptions = {}): Promise<SimulatedQdrant> {
  const collections: Collections = options.collections ?? new Map()
  const server = createServer((req, res) => void answer(req, res, collections, options))
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  server.listen(options.port ?? 0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    collections,
    close: () => end(server, sockets),
  }
}

async function end(server: Server, sockets: Set<Socket>): Promise<void> {
  if (!server.listening) return
  for (const socket of sockets) socket.destroy()
  server.close()
  await once(server, 'close')
}

async function answer(
  req: IncomingMessage,
  res: ServerResponse,
  collections: Collections,
  options: QdrantOptions,
): Promise<void> {
  const startedAt = performance.now()
  options.record?.(`${req.method} ${req.url}`)
  const seconds = () => (performance.now() - startedAt) / 1000
  res.setHeader('x-spark-control-simulated', 'true')
  const fault = options.fault?.()
  if (fault === 'hang') return
  try {
    const text = await readBody(req)
    const { segments, query } = locate(req.url ?? '/')
    if (answerOpen(res, segments)) return
    if (!hasKey(req, options.apiKey)) return refuseKey(req, res)
    throwFault(fault)
    if (segments[0] !== 'collections') throw new QdrantError(404, '')
    const asked = { method: req.method ?? 'GET', segments, query, body: parse(text) }
    if (isWriteOfPoints(asked)) await options.beforeWrite?.()
    // whoever left while it waited wants it no more
    if (res.destroyed) return
    const result = answerCollections(collections, asked)
    const isWrite = asked.method !== 'GET' && ['points', 'index'].includes(segments[2] ?? '')
    const isWaiting = query.get('wait') === 'true' || /query|count|scroll/.test(segments[3] ?? '')
    if (isWrite && !isWaiting && (asked.method === 'PUT' || segments[3] === 'delete'))
      return send(res, 202, { result: null, status: 'accepted', time: seconds() })
    send(res, 200, { result, status: 'ok', time: seconds() })
  } catch (thrown) {
    sendError(res, thrown, seconds())
  }
}

const isWriteOfPoints = ({ method, segments }: { method: string; segments: string[] }): boolean =>
  segments[2] === 'points' && (method === 'PUT' || segments[3] === 'delete')

/**
 * Qdrant trims slashes at the end of a path (actix's NormalizePath) and decodes its segments. It does
 * not collapse `..`; that is what clients do before they send.
 */
function locate(url: string): { segments: string[]; query: URLSearchParams } {
  const [path = '', query = ''] = url.split('?', 2)
  const segments = path.split('/').filter(Boolean).map(decodeURIComponent)
  return { segments, query: new URLSearchParams(query) }
}

/** What needs no key. */
function answerOpen(res: ServerResponse, segments: string[]): boolean {
  const [first, second] = segments
  if (second !== undefined) return false
  if (first === undefined) {
    send(res, 200, {
      title: 'qdrant - vector search engine',
      version: '1.19.0',
      commit: 'simulated',
    })
    return true
  }
  if (!['healthz', 'readyz', 'livez'].includes(first)) return false
  res.writeHead(200, { 'content-type': 'text/plain' })
  res.end(first === 'readyz' ? 'all shards are ready' : `${first} check passed`)
  return true
}

const hasKey = ({ headers }: IncomingMessage, key: string | undefined): boolean =>
  key === undefined || headers['api-key'] === key || headers.authorization === `Bearer ${key}`

function refuseKey({ headers }: IncomingMessage, res: ServerResponse): void {
  const isSent = headers['api-key'] !== undefined || headers.authorization !== undefined
  res.writeHead(401, { 'content-type': 'text/plain; charset=utf-8' })
  res.end(
    isSent ? 'Invalid API key or JWT' : 'Must provide an API key or an Authorization bearer token',
  )
}

function throwFault(fault: QdrantFault | undefined): void {
  if (fault === 'busy')
    throw new QdrantError(
      429,
      'Rate limiting exceeded: Write rate limit exceeded: try again in 2s',
      2,
    )
  if (fault === 'full') throw new QdrantError(507, 'Insufficient storage: no space left on device')
  if (fault === 'error')
    throw new QdrantError(503, 'Shard temporarily unavailable: try again later')
}

async function readBody(req: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of req) {
    size += chunk.length
    if (size > BODY_BYTES) throw new QdrantError(413, 'JSON payload is larger than allowed')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

function parse(text: string): unknown {
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    throw malformed('expected value at line 1 column 1')
  }
}

function sendError(res: ServerResponse, thrown: unknown, time: number): void {
  if (!(thrown instanceof QdrantError)) {
    if (!res.headersSent) send(res, 500, { status: { error: String(thrown) }, time, result: null })
    return
  }
  if (thrown.retryAfterS !== undefined) res.setHeader('retry-after', thrown.retryAfterS)
  // paths nobody knows are answered without a body
  if (thrown.message === '') res.writeHead(thrown.status).end()
  else send(res, thrown.status, { status: { error: thrown.message }, time, result: null })
}

function send(res: ServerResponse, status: number, value: unknown): void {
  res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
}
