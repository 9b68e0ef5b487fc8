import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, connect, type Server as NetServer, type Socket } from 'node:net'
import type { Clock } from '../../plugin.ts'
import { serveRequests } from '../continue.ts'
import type { OwnAnswerOptions } from '../own-answer.ts'
import { createUpstream, type UpstreamSettings } from '../pool-upstream.ts'
import type { ForwardOptions, GatedUpstream } from '../upstream.ts'

/** Tests that await this do not end before everything is closed. */
export interface Closing {
  close(): Promise<void>
}

export interface TestServer extends Closing {
  port: number
  origin: string
  /** Connections open now. */
  sockets: Set<Socket>
  /** Connections there have been. */
  readonly accepted: number
}

/** Listens on a free port of loopback and keeps count of its connections. */
export async function listen(server: Server | NetServer): Promise<TestServer> {
  const sockets = new Set<Socket>()
  let accepted = 0
  server.on('connection', (socket: Socket) => {
    accepted += 1
    sockets.add(socket)
    socket.on('error', () => {}) // the tests cut connections on purpose
    socket.once('close', () => sockets.delete(socket))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    port,
    origin: `http://127.0.0.1:${port}`,
    sockets,
    get accepted() {
      return accepted
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

/** A server behind the gateway. */
export const startServer = (
  answer: (req: IncomingMessage, res: ServerResponse) => void,
): Promise<TestServer> => listen(createServer({ requestTimeout: 0 }, answer))

export interface Gateway extends TestServer {
  upstream: GatedUpstream
}

export interface GatewayOptions extends Partial<UpstreamSettings> {
  maxBytes?: number
  forward?: Partial<ForwardOptions>
  clock?: Clock
}

/** A gateway before `origin` which forwards every path as it comes. */
export async function startGateway(
  origin: string,
  { maxBytes = 1e9, forward = {}, ...settings }: GatewayOptions = {},
): Promise<Gateway> {
  const upstream = createUpstream({ origin, requestTimeoutMs: null, ...settings })
  const server = createServer({ requestTimeout: 0 })
  serveRequests(server, (req, res) => {
    void upstream.forward(req, res, { path: req.url ?? '/', maxBytes, ...forward })
  })
  const listening = await listen(server)
  return {
    ...listening,
    get accepted() {
      return listening.accepted
    },
    upstream,
    async close() {
      upstream.cut()
      await listening.close()
      await upstream.close()
    },
  }
}

/** A gateway at which a service answers by itself, on every path. */
export async function startAnswering(
  upstream: GatedUpstream,
  options: Omit<OwnAnswerOptions, 'path'>,
): Promise<TestServer> {
  const server = createServer({ requestTimeout: 0 })
  serveRequests(server, (req, res) => {
    void upstream.answer(req, res, { path: req.url ?? '/', ...options })
  })
  return listen(server)
}

/** Waits until something is true, at each turn of the event loop; fails by the test's own time-out. */
export async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setImmediate(resolve))
}

/** Sends bytes as they are and returns all that comes back until the other side ends. */
export async function rawCall(port: number, text: string | Buffer): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  const chunks: Buffer[] = []
  socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  socket.on('error', () => {}) // a reset is an answer too; what came before it is returned
  socket.write(text)
  await new Promise((resolve) => socket.once('close', resolve))
  return Buffer.concat(chunks).toString('latin1')
}

/** An answer read to its end, however that looked. */
export interface ReadAnswer {
  status: number
  headers: Headers
  body: Buffer
  /** Whether the answer ended as HTTP says; false if it was cut. */
  isWhole: boolean
}

/** Fetches and reads to the end, also when the end is a broken one. */
export async function read(url: string, init?: RequestInit): Promise<ReadAnswer> {
  const response = await fetch(url, init)
  const chunks: Uint8Array[] = []
  let isWhole = true
  try {
    for await (const chunk of response.body ?? []) chunks.push(chunk)
  } catch {
    isWhole = false
  }
  return {
    status: response.status,
    headers: response.headers,
    body: Buffer.concat(chunks),
    isWhole,
  }
}

/** Closes everything a test opened, in reverse order. */
export function createCleanup(): { add<T extends Closing>(thing: T): T; run(): Promise<void> } {
  const things: Closing[] = []
  return {
    add(thing) {
      things.push(thing)
      return thing
    },
    async run() {
      for (const thing of things.splice(0).reverse()) await thing.close()
    },
  }
}
