import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { connect } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { createFakeClock } from '../testing/fake-clock.ts'
import {
  createCleanup,
  type Gateway,
  rawCall,
  read,
  startGateway,
  startServer,
  type TestServer,
  until,
} from '../upstream/testing/rig.ts'
import type { Limits } from './gate.ts'

const cleanup = createCleanup()
afterEach(() => cleanup.run())

/** A server that counts how many requests it has at once, and answers when told. */
async function startCounting() {
  const waiting: (() => void)[] = []
  const seen: string[] = []
  const count = { now: 0, most: 0 }
  const server: TestServer = cleanup.add(
    await startServer((req, res) => {
      count.now += 1
      count.most = Math.max(count.most, count.now)
      seen.push(String(req.headers['x-caller']))
      req.resume()
      res.once('close', () => {
        count.now -= 1
      })
      waiting.push(() => res.end('done'))
    }),
  )
  return {
    server,
    seen,
    count,
    /** Answers the oldest that has none. */
    answer: () => waiting.shift()?.(),
    get unanswered() {
      return waiting.length
    },
  }
}

const gatewayTo = async (origin: string, limits: Partial<Limits>, more = {}): Promise<Gateway> =>
  cleanup.add(
    await startGateway(origin, {
      limits: { concurrency: 1, queue: 8, maxWaitMs: 60_000, ...limits },
      ...more,
    }),
  )

describe('500 callers at once', () => {
  const CLIENTS = 5
  const EACH = 100
  const LIMIT = 7

  it('never are more than the limit upstream, all answered, each client in its turn', async () => {
    const counting = await startCounting()
    const gateway = await gatewayTo(counting.server.origin, { concurrency: LIMIT, queue: 500 })
    const agents = Array.from(
      { length: CLIENTS },
      (_, n) => new Agent({ localAddress: `127.0.0.${n + 1}`, maxSockets: EACH }),
    )
    const done: Promise<number>[] = []
    // One client after the other: without turns the last would be served after all others.
    for (const [n, agent] of agents.entries())
      for (let i = 0; i < EACH; i++)
        done.push(ask(gateway.port, agent, `${n}`, n === 0 ? 'a'.repeat(50_000) : undefined))
    await until(() => gateway.upstream.admission()?.waiting === CLIENTS * EACH - LIMIT)
    while (counting.seen.length < CLIENTS * EACH || counting.unanswered > 0) {
      counting.answer()
      await until(() => counting.unanswered > 0 || counting.seen.length === CLIENTS * EACH)
    }
    expect((await Promise.all(done)).filter((status) => status === 200)).toHaveLength(500)
    expect(counting.count.most).toBe(LIMIT)
    // Half way through, nobody has had more than twice what another has.
    const half = counting.seen.slice(LIMIT, 250)
    const shares = agents.map((_, n) => half.filter((caller) => caller === `${n}`).length)
    expect(Math.max(...shares) / Math.min(...shares)).toBeLessThan(2)
    for (const agent of agents) agent.destroy()
  })
})

const ask = (port: number, agent: Agent, caller: string, body?: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const method = body === undefined ? 'GET' : 'POST'
    const headers = { 'x-caller': caller }
    const call = request({ port, host: '127.0.0.1', agent, method, headers }, (res) => {
      res.resume()
      res.once('end', () => resolve(res.statusCode ?? 0))
    })
    call.once('error', reject)
    call.end(body)
  })

describe('a caller who waits', () => {
  it('is not asked for its upload before its turn, nor at all when it is refused', async () => {
    const counting = await startCounting()
    const gateway = await gatewayTo(counting.server.origin, { queue: 1 })
    const head = (more: string): string =>
      `POST /v1/audio HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n${more}\r\n`
    void read(gateway.origin)
    await until(() => counting.unanswered === 1)
    const second = connect(gateway.port, '127.0.0.1')
    let got = ''
    second.on('data', (chunk) => {
      got += chunk
    })
    second.write(head('Connection: close\r\n'))
    await until(() => gateway.upstream.admission()?.waiting === 1)
    const refused = await rawCall(gateway.port, head(''))
    expect(refused).toMatch(/^HTTP\/1.1 429 /)
    expect(refused).toMatch(/\r\nretry-after: \d+\r\n/i)
    expect(refused).toMatch(/\r\nx-queue-position: 2\r\n/i)
    expect(refused).toContain('"queue_full"')
    expect(got).toBe('')
    counting.answer()
    await until(() => got.startsWith('HTTP/1.1 100 Continue'))
    second.write('body')
    await until(() => counting.unanswered === 1)
    counting.answer()
    await once(second, 'close')
    expect(got).toContain('HTTP/1.1 200')
  })

  it('and leaves never reaches the server, and holds nobody up', async () => {
    const counting = await startCounting()
    const gateway = await gatewayTo(counting.server.origin, {})
    void read(gateway.origin)
    await until(() => counting.unanswered === 1)
    const leaving = new AbortController()
    const left = fetch(gateway.origin, {
      signal: leaving.signal,
      headers: { 'x-caller': 'left' },
    }).catch(() => 'left')
    await until(() => gateway.upstream.admission()?.waiting === 1)
    leaving.abort()
    expect(await left).toBe('left')
    await until(() => gateway.upstream.admission()?.left_total === 1)
    counting.answer()
    const next = read(gateway.origin, { headers: { 'x-caller': 'next' } })
    await until(() => counting.seen.length === 2)
    counting.answer()
    expect((await next).status).toBe(200)
    expect(counting.seen).toEqual(['undefined', 'next'])
  })

  it('for longer than max_wait is answered 503', async () => {
    const counting = await startCounting()
    const clock = createFakeClock()
    const gateway = await gatewayTo(counting.server.origin, { maxWaitMs: 5000 }, { clock })
    void read(gateway.origin)
    await until(() => counting.unanswered === 1)
    const second = read(gateway.origin)
    await until(() => gateway.upstream.admission()?.waiting === 1)
    await clock.advance(5000)
    const { status, headers, body } = await second
    expect([status, JSON.parse(body.toString()).error.code]).toEqual([503, 'WAITED_TOO_LONG'])
    expect(headers.get('x-queue-position')).toBe('1')
  })

  it('is told at once when the service is about to stop', async () => {
    const counting = await startCounting()
    const gateway = await gatewayTo(counting.server.origin, {})
    void read(gateway.origin)
    await until(() => counting.unanswered === 1)
    const second = read(gateway.origin)
    await until(() => gateway.upstream.admission()?.waiting === 1)
    const drained = gateway.upstream.drain(60_000)
    expect(JSON.parse((await second).body.toString()).error.code).toBe('DRAINING')
    counting.answer()
    expect(await drained).toBe(true)
    expect(counting.seen).toHaveLength(1)
  })
})

it('a place is free again whatever way the answer ended', async () => {
  const server = cleanup.add(
    await startServer((req, res) => {
      req.resume()
      if (req.url === '/cut') res.destroy()
      else if (req.url === '/hang') return
      else res.end('done')
    }),
  )
  const gateway = await gatewayTo(server.origin, { queue: 0 })
  expect((await read(`${gateway.origin}/cut`)).status).toBe(502)
  const leaving = new AbortController()
  const left = fetch(`${gateway.origin}/hang`, { signal: leaving.signal }).catch(() => 'left')
  await until(() => gateway.upstream.inFlight === 1)
  leaving.abort()
  await left
  await until(() => gateway.upstream.inFlight === 0)
  expect((await read(gateway.origin)).status).toBe(200)
})
