import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import type { SimHost } from './cluster.ts'
import { createFaultBox } from './faults.ts'
import type { ServeContext } from './images.ts'
import { closeServer, listen } from './ports.ts'
import { serveUnlessRefused } from './serve-unless-refused.ts'

const closers: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

const take = async (port: number) => {
  const server = createServer()
  if (!(await listen(server, port))) throw new Error(`port ${port} is in use`)
  return { close: () => closeServer(server) }
}

test('a port that another program held at one change is taken at the next', async () => {
  const faults = createFaultBox()
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  await closeServer(probe)
  const said: string[] = []
  const host = { faults } as SimHost
  const context = { host, port, log: (line: string) => said.push(line) } as unknown as ServeContext
  const served = await serveUnlessRefused(context, () => take(port))
  closers.push(served.close)
  await faults.set({ http: 'refuse' })
  const other = await take(port)
  await faults.set({})
  expect(said).toContain(`Error: port ${port} is in use`)
  await other.close()
  await faults.set({})
  await expect(take(port)).rejects.toThrow('in use')
})
