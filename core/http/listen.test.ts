import { createServer } from 'node:http'
import { afterEach, expect, it } from 'vitest'
import { createCleanup, listen } from '../upstream/testing/rig.ts'
import { listenOn } from './listen.ts'

const open = createCleanup()
afterEach(open.run)

it('gives the address to open, for a server that listens everywhere too', async () => {
  const server = createServer()
  open.add({ close: async () => void server.close() })
  expect(await listenOn(server, '0.0.0.0', 0)).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
})

it('says in a sentence that the port is taken, and how to take another', async () => {
  const { port } = open.add(await listen(createServer()))
  await expect(listenOn(createServer(), '127.0.0.1', port)).rejects.toMatchObject({
    code: 'LISTEN_FAILED',
    message: `port ${port} of 127.0.0.1 is taken by another program`,
    hint: expect.stringContaining('--port PORT'),
  })
})

it('says that the address is not one of this machine', async () => {
  // Of the range for documentation, which no machine has.
  await expect(listenOn(createServer(), '192.0.2.1', 0)).rejects.toMatchObject({
    message: 'this machine has no address 192.0.2.1',
    hint: expect.stringContaining('listen.host'),
  })
})
