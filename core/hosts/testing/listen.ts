import type { AddressInfo, Server } from 'node:net'

/** Listens on 127.0.0.1, on a free port unless one is wanted. */
export async function listenOnLoopback(
  server: Server,
  wanted = 0,
): Promise<{ port: number; close(): Promise<void> }> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject)
  server.listen({ host: '127.0.0.1', port: wanted }, resolve)
  await promise
  return {
    port: (server.address() as AddressInfo).port,
    close: () => new Promise((done) => server.close(() => done())),
  }
}
