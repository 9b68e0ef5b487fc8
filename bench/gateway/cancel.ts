import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { quantile } from './figures.ts'
import { startNode } from './processes.ts'

export interface CancelResult {
  points: number
  p50Ms: number
  p99Ms: number
  maxMs: number
  /** Requests that went on at the server although their client had left. */
  leaked: number
  /** How many were cut in which phase. */
  phases: Record<Phase, number>
}

type Phase = 'upload' | 'prefill' | 'stream'

const PHASES: Phase[] = ['upload', 'prefill', 'stream']
const LEAK_AFTER_MS = 5_000
const AT_ONCE = 10

/** Clients that leave at random moments: how long until the server knows. */
export async function benchCancel(points: number): Promise<CancelResult> {
  const arrivals = new Map<string, () => void>()
  const departures = new Map<string, () => void>()
  const server = createServer((req, res) => {
    const [, phase = '', id = ''] = /\/(\w+)\/(\d+)$/.exec(req.url ?? '') ?? []
    req.on('error', () => {})
    req.resume()
    if (phase === 'stream') {
      res.writeHead(200, { 'content-type': 'text/event-stream' })
      const timer = setInterval(() => res.write('data: token\n\n'), 1)
      res.once('close', () => clearInterval(timer))
    }
    res.once('close', () => departures.get(id)?.())
    arrivals.get(id)?.()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const ours = await startNode('server-ours.ts', [`http://127.0.0.1:${port}`], 1)
  const taken: number[] = []
  const phases: Record<Phase, number> = { upload: 0, prefill: 0, stream: 0 }
  let next = 0
  const worker = async (): Promise<void> => {
    while (next < points) {
      const id = String(next++)
      const phase = PHASES[Number(id) % PHASES.length] ?? 'prefill'
      phases[phase] += 1
      taken.push(await cutOnce(ours.port, phase, id, arrivals, departures))
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  server.close()
  server.closeAllConnections()
  const settled = taken.filter((ms) => ms < LEAK_AFTER_MS)
  return {
    points: taken.length,
    p50Ms: quantile(settled, 0.5),
    p99Ms: quantile(settled, 0.99),
    maxMs: quantile(settled, 1),
    leaked: taken.length - settled.length,
    phases,
  }
}

/** One request, left at a random moment after it has arrived; the time until the server noticed. */
async function cutOnce(
  port: number,
  phase: Phase,
  id: string,
  arrivals: Map<string, () => void>,
  departures: Map<string, () => void>,
): Promise<number> {
  const arrived = new Promise<void>((resolve) => arrivals.set(id, resolve))
  const departed = new Promise<void>((resolve) => departures.set(id, resolve))
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  socket.on('error', () => {})
  socket.resume()
  const length = phase === 'upload' ? 50_000_000 : 2
  socket.write(
    `POST /api/llm/bench/${phase}/${id} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${length}\r\n\r\n{}`,
  )
  if (phase === 'upload') void upload(socket)
  await arrived
  await sleep(Math.random() * 30)
  const leftAt = performance.now()
  if (Math.random() < 0.5) socket.destroy()
  else socket.resetAndDestroy()
  await Promise.race([departed, sleep(LEAK_AFTER_MS, undefined, { ref: false })])
  arrivals.delete(id)
  departures.delete(id)
  return performance.now() - leftAt
}

async function upload(socket: ReturnType<typeof connect>): Promise<void> {
  const part = Buffer.alloc(64 * 1024, 'x')
  while (!socket.destroyed) {
    socket.write(part)
    await sleep(2)
  }
}
