import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { createFakeClock } from '../testing/fake-clock.ts'
import { createCleanup, read, startGateway, startServer, until } from './testing/rig.ts'

const cleanup = createCleanup()
afterEach(() => cleanup.run())

/** A port where nothing listens yet, and how to change that. */
async function startLater(answer: (req: IncomingMessage, res: ServerResponse) => void) {
  const server = createServer(answer)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  cleanup.add({
    async close() {
      server.closeAllConnections()
      server.close()
    },
  })
  return {
    origin: `http://127.0.0.1:${port}`,
    async listen() {
      server.listen(port, '127.0.0.1')
      await once(server, 'listening')
    },
  }
}

const echo = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
  let bytes = 0
  for await (const chunk of req) bytes += chunk.length
  res.end(`${req.method} ${bytes}`)
}

describe('a server that refuses connections for a moment', () => {
  it.each([
    ['without a body', undefined, 'GET 0'],
    ['with a small body', 'x'.repeat(1000), 'POST 1000'],
    ['with an upload', 'x'.repeat(3_000_000), 'POST 3000000'],
  ])('still gets a request %s, whole and once', async (_, body, expected) => {
    const clock = createFakeClock()
    const later = await startLater((req, res) => void echo(req, res))
    const gateway = cleanup.add(await startGateway(later.origin, { retries: 2, clock }))
    const method = body === undefined ? 'GET' : 'POST'
    const answer = read(gateway.origin, { method, ...(body !== undefined && { body }) })
    await until(() => clock.sleepers === 1)
    await later.listen()
    await clock.advance(200)
    expect((await answer).body.toString()).toBe(expected)
  })

  it('is given up after as many tries as the topology says', async () => {
    const clock = createFakeClock()
    const later = await startLater(() => {})
    const gateway = cleanup.add(await startGateway(later.origin, { retries: 2, clock }))
    const answer = read(gateway.origin)
    for (const ms of [200, 400]) {
      await until(() => clock.sleepers === 1)
      await clock.advance(ms)
    }
    expect((await answer).status).toBe(502)
  })

  it('is asked once where the topology says nothing', async () => {
    const later = await startLater(() => {})
    const gateway = cleanup.add(await startGateway(later.origin))
    expect((await read(gateway.origin)).status).toBe(502)
  })
})

describe('a server that breaks off before it answers', () => {
  it.each([
    ['GET', {}, 2],
    ['POST', { 'idempotency-key': 'a' }, 2],
    ['POST', {}, 1],
  ])('gets a %s with headers %j %i times', async (method, headers, times) => {
    const clock = createFakeClock()
    let seen = 0
    const server = cleanup.add(
      await startServer((req, res) => {
        seen += 1
        req.resume()
        req.once('end', () => res.destroy())
      }),
    )
    const gateway = cleanup.add(await startGateway(server.origin, { retries: 1, clock }))
    const body = method === 'POST' ? { body: 'x' } : {}
    const answer = read(gateway.origin, { method, headers, ...body })
    if (times > 1) {
      await until(() => clock.sleepers === 1)
      await clock.advance(200)
    }
    expect((await answer).status).toBe(502)
    expect(seen).toBe(times)
  })
})

it('a caller who leaves between two tries is not sent for again', async () => {
  const clock = createFakeClock()
  let seen = 0
  const later = await startLater((_req, res) => {
    seen += 1
    res.end()
  })
  const gateway = cleanup.add(await startGateway(later.origin, { retries: 1, clock }))
  const leaving = new AbortController()
  const answer = fetch(gateway.origin, { signal: leaving.signal }).catch(() => 'left')
  await until(() => clock.sleepers === 1)
  leaving.abort()
  await answer
  await until(() => gateway.upstream.inFlight === 0)
  await later.listen()
  await clock.advance(200)
  await clock.settle()
  expect(seen).toBe(0)
})
