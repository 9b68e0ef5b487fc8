import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Pace } from '../pace.ts'
import { closeServer } from '../ports.ts'
import type { SpeechFaults } from './faults.ts'

/** What a simulated speech server needs of its cluster. */
export interface Surroundings {
  port: number
  pace: Pace
  faults: SpeechFaults
  log(line: string): void
}

/** One request to a simulated speech server. */
export interface Visit {
  path: string
  req: IncomingMessage
  res: ServerResponse
  /** Aborts when the client is gone. */
  gone: AbortSignal
}

export interface SpeechServer {
  readonly port: number
  /** Decodes that were given up because the client left, and those under way. */
  readonly left: number
  readonly decoding: number
  close(): Promise<void>
}

export interface Manners {
  health: string
  answer(visit: Visit, decode: Decode): Promise<void>
}

/** Takes the time a decode of so much audio takes; false when the client left or the decode crashed. */
export type Decode = (seconds: number, visit: Visit) => Promise<boolean>

const TIMES_REAL_TIME = 40

/** Starts a speech server with its health, its faults, and the time its decodes take. */
export async function startSpeechServer(
  { port, pace, faults, log }: Surroundings,
  { health, answer }: Manners,
): Promise<SpeechServer> {
  const counts = { left: 0, decoding: 0 }
  const decode: Decode = async (seconds, { res, gone }) => {
    counts.decoding += 1
    try {
      const slower = faults.current() === 'busy' ? 8 : 1
      await pace.sleep((seconds * 1000 * slower) / TIMES_REAL_TIME, gone)
    } catch {
      counts.left += 1
      log('client disconnected, decode cancelled')
      return false
    } finally {
      counts.decoding -= 1
    }
    if (faults.current() !== 'crash') return true
    faults.used()
    log('Fatal Python error: Segmentation fault in decode worker, restarting it')
    res.destroy()
    return false
  }
  const server = createServer((req, res) => {
    res.setHeader('x-spark-control-simulated', 'true')
    res.setHeader('server', 'uvicorn')
    const leaving = new AbortController()
    res.once('close', () => leaving.abort(new Error('the client left')))
    const path = (req.url ?? '/').replace(/\?.*$/, '')
    const visit = { path, req, res, gone: leaving.signal }
    const work = path === health ? answerHealth(visit, pace, faults) : answer(visit, decode)
    work.catch((error: unknown) => {
      if (res.headersSent || res.destroyed) res.destroy()
      else sendJson(res, 500, { detail: error instanceof Error ? error.message : String(error) })
    })
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    get left() {
      return counts.left
    },
    get decoding() {
      return counts.decoding
    },
    close() {
      const closed = closeServer(server)
      server.closeAllConnections()
      return closed
    },
  }
}

/** As FastAPI sends JSON. */
export function sendJson(res: ServerResponse, status: number, value: unknown): void {
  const text = JSON.stringify(value)
  res.writeHead(status, { 'content-type': 'application/json' })
  res.end(text)
}

async function answerHealth({ res, gone }: Visit, pace: Pace, faults: SpeechFaults): Promise<void> {
  // under load the event loop gets to it late
  if (faults.current() === 'busy') await pace.sleep(6_000, gone).catch(() => undefined)
  sendJson(res, 200, { status: 'ok' })
}
