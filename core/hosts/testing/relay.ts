import { connect, createServer, type Socket } from 'node:net'
import { listenOnLoopback } from './listen.ts'

export interface Relay {
  readonly port: number
  /** From now on no byte passes either way, and nothing is closed: a host that lost its power. */
  freeze(): void
  close(): Promise<void>
}

/** A TCP relay on loopback that can be frozen. For tests. */
export async function startRelay(toPort: number): Promise<Relay> {
  const sockets = new Set<Socket>()
  let isFrozen = false
  const server = createServer((near) => {
    const far = connect({ host: '127.0.0.1', port: toPort, noDelay: true })
    near.setNoDelay(true)
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from)
      from.on('error', () => {}) // the other side is closed with it
      from.on('data', (chunk) => isFrozen || to.write(chunk))
      from.on('close', () => isFrozen || to.destroy())
    }
  })
  const { port, close } = await listenOnLoopback(server)
  return {
    port,
    freeze() {
      isFrozen = true
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      await close()
    },
  }
}
