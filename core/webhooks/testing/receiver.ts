import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A request as a receiver saw it. */
export interface Seen {
  method: string
  path: string
  headers: Record<string, string>
  body: string
}

/** How a receiver answers; `hang` never does. */
export type Behaviour = 'hang' | { status: number; headers?: Record<string, string> }

/** A real HTTP server for webhooks. */
export interface Receiver {
  readonly url: string
  /** Every request, in order. */
  readonly seen: Seen[]
  /** The `webhook-id` of each that was answered with 200. */
  readonly taken: string[]
  behave(behaviour: Behaviour): void
  isHanging(): boolean
  /** Stops listening, and listens again on the same port. */
  goDown(): Promise<void>
  comeBack(): Promise<void>
  close(): Promise<void>
}

export async function startReceiver(): Promise<Receiver> {
  const seen: Seen[] = []
  const taken: string[] = []
  let behaviour: Behaviour = { status: 200 }
  const answer = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = []
    for await (const chunk of req) chunks.push(chunk)
    const headers = req.headers as Record<string, string>
    seen.push({
      method: req.method ?? '',
      path: req.url ?? '',
      headers,
      body: Buffer.concat(chunks).toString(),
    })
    if (behaviour === 'hang') return
    if (behaviour.status === 200) taken.push(headers['webhook-id'] ?? '')
    res.writeHead(behaviour.status, behaviour.headers).end()
  }
  const server = createServer((req, res) => void answer(req, res))
  const listen = async (port: number): Promise<number> => {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    return (server.address() as AddressInfo).port
  }
  const stop = async (): Promise<void> => {
    if (!server.listening) return
    server.close()
    server.closeAllConnections()
    await once(server, 'close')
  }
  const port = await listen(0)
  return {
    url: `http://127.0.0.1:${port}/hook`,
    seen,
    taken,
    behave(next) {
      behaviour = next
    },
    isHanging: () => behaviour === 'hang',
    goDown: stop,
    comeBack: async () => void (await listen(port)),
    close: stop,
  }
}
