import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { quantile } from './figures.ts'
import { startNode } from './processes.ts'

export interface CancelRow {
  name: string
  points: number
  p50Ms: number
  p99Ms: number
  maxMs: number
  /** Requests that went on at the server although their client had left. */
  leaked: number
}

const PHASES = ['upload', 'prefill', 'stream']
const LEAK_AFTER_MS = 5_000
const AT_ONCE = 5
const PATH = /\/(\w+)\/(\d+)$/

/** What the server knows of its requests, by id. */
interface Watch {
  arrived: Map<string, () => void>
  departed: Map<string, () => void>
}

/**
 * Clients that leave at random moments: how long until the server knows. Each point is taken
 * directly too, which shows what the machine itself adds.
 */
export async function benchCancel(points: number): Promise<CancelRow[]> {
  const watch: Watch = { arrived: new Map(), departed: new Map() }
  const server = createWatchedServer(watch)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const ours = await startNode('server-ours.ts', [`http://127.0.0.1:${port}`], 1)
  const taken = { direct: [] as number[], ours: [] as number[] }
  let next = 0
  const worker = async (): Promise<void> => {
    while (next < points) {
      const n = next++
      const phase = PHASES[n % PHASES.length] ?? 'prefill'
      taken.direct.push(await cutOnce(port, `/bench/${phase}/${n}0`, watch))
      taken.ours.push(await cutOnce(ours.port, `/api/llm/bench/${phase}/${n}1`, watch))
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  server.close()
  server.closeAllConnections()
  return [row('direct', taken.direct), row('ours', taken.ours)]
}

function createWatchedServer(watch: Watch): Server {
  return createServer((req, res) => {
    const [, phase = '', id = ''] = PATH.exec(req.url ?? '') ?? []
    req.on('error', () => {}) // clients leave on purpose
    req.resume()
    if (phase === 'stream') {
      res.writeHead(200, { 'content-type': 'text/event-stream' })
      const timer = setInterval(() => res.write('data: token\n\n'), 1)
      res.once('close', () => clearInterval(timer))
    }
    res.once('close', () => watch.departed.get(id)?.())
    watch.arrived.get(id)?.()
  })
}

function row(name: string, taken: number[]): CancelRow {
  const settled = taken.filter((ms) => ms < LEAK_AFTER_MS)
  return {
    name,
    points: taken.length,
    p50Ms: quantile(settled, 0.5),
    p99Ms: quantile(settled, 0.99),
    maxMs: quantile(settled, 1),
    leaked: taken.length - settled.length,
  }
}

/** One request, left at a random moment after it has arrived; the time until the server noticed. */
async function cutOnce(port: number, path: string, watch: Watch): Promise<number> {
  const [, phase = '', id = ''] = PATH.exec(path) ?? []
  const arrived = new Promise<void>((resolve) => watch.arrived.set(id, resolve))
  const departed = new Promise<void>((resolve) => watch.departed.set(id, resolve))
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  socket.on('error', () => {}) // it is cut on purpose
  socket.resume()
  const length = phase === 'upload' ? 50_000_000 : 2
  socket.write(
    `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${length}\r\n\r\n{}`,
  )
  if (phase === 'upload') void upload(socket)
  await arrived
  await sleep(Math.random() * 30)
  const leftAt = performance.now()
  if (Math.random() < 0.5) socket.destroy()
  else socket.resetAndDestroy()
  await Promise.race([departed, sleep(LEAK_AFTER_MS, undefined, { ref: false })])
  watch.arrived.delete(id)
  watch.departed.delete(id)
  return performance.now() - leftAt
}

async function upload(socket: ReturnType<typeof connect>): Promise<void> {
  const part = Buffer.alloc(16 * 1024, 'x')
  while (!socket.destroyed) {
    socket.write(part)
    await sleep(2)
  }
}
