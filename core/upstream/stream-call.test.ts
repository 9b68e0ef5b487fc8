import { Readable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createFakeClock } from '../testing/fake-clock.ts'
import { createUpstream, type UpstreamSettings } from './pool-upstream.ts'
import { createCleanup, startServer, until } from './testing/rig.ts'
import type { GatedUpstream } from './upstream.ts'

const open = createCleanup()
afterEach(open.run)

let leaving: AbortController
beforeEach(() => {
  leaving = new AbortController()
})

const connect = (origin: string, more: Partial<UpstreamSettings> = {}): GatedUpstream =>
  open.add(createUpstream({ origin, requestTimeoutMs: null, ...more }))

const collect = async (body: AsyncIterable<Buffer>): Promise<string> => {
  let text = ''
  for await (const part of body) text += part
  return text
}

describe('a call that streams', () => {
  it('sends a body as it comes and gives the answer as it comes', async () => {
    const server = open.add(await startServer((req, res) => void req.pipe(res)))
    const parts = ['one ', 'two ', 'three']
    const { status, body } = await connect(server.origin).stream('/echo', {
      body: Readable.from(parts.map((part) => Buffer.from(part))),
      signal: leaving.signal,
    })
    expect([status, await collect(body)]).toEqual([200, 'one two three'])
  })

  it('takes no more of a body than the server does', async () => {
    const server = open.add(await startServer((req) => void req.pause()))
    let taken = 0
    async function* endless() {
      for (;;) {
        taken += 1
        yield Buffer.alloc(64 * 1024)
      }
    }
    const call = connect(server.origin).stream('/', { body: endless(), signal: leaving.signal })
    call.catch(() => {}) // it ends with the test
    await until(() => taken > 1)
    let before = 0
    while (before !== taken) {
      before = taken
      for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve))
    }
    expect(taken).toBeLessThan(1000)
    leaving.abort(new Error('enough'))
    await expect(call).rejects.toThrow('enough')
  })

  it.each(['before the answer', 'within it'])(
    'is gone for the server too when left %s',
    async (when) => {
      const server = open.add(
        await startServer((req, res) => {
          req.resume()
          if (when === 'within it') res.write('begun')
        }),
      )
      const call = connect(server.origin).stream('/', { body: 'x', signal: leaving.signal })
      if (when === 'within it') {
        const { body } = await call
        for await (const part of body) {
          expect(part.toString()).toBe('begun')
          break
        }
      } else {
        call.catch(() => {}) // told below
        await until(() => server.sockets.size === 1)
        leaving.abort(new Error('the caller left'))
        await expect(call).rejects.toThrow('the caller left')
      }
      await until(() => server.sockets.size === 0)
    },
  )

  it('says in its body that the server broke off', async () => {
    const server = open.add(
      await startServer((_req, res) => {
        res.writeHead(200, { 'content-length': 100 })
        res.write('begun', () => res.destroy())
      }),
    )
    const { body } = await connect(server.origin).stream('/', { signal: leaving.signal })
    await expect(collect(body)).rejects.toMatchObject({ code: 'UPSTREAM_FAILED' })
  })

  it('of a server that refuses says so', async () => {
    const server = await startServer(() => {})
    await server.close()
    const call = connect(server.origin).stream('/', { signal: leaving.signal })
    await expect(call).rejects.toMatchObject({ code: 'UPSTREAM_UNREACHABLE' })
  })

  it('ends at request_timeout of silence, in which a slow caller does not count', async () => {
    const clock = createFakeClock()
    let goOn = () => {}
    let isWhole = false
    const server = open.add(
      await startServer((req) => {
        req.resume().once('end', () => {
          isWhole = true
        })
      }),
    )
    async function* slow() {
      yield Buffer.from('begun')
      await new Promise<void>((resolve) => {
        goOn = resolve
      })
    }
    const upstream = connect(server.origin, { clock, requestTimeoutMs: 1000 })
    const call = upstream.stream('/', { body: slow(), signal: leaving.signal })
    const told = call.catch((error) => error.code)
    await until(() => server.sockets.size === 1)
    await clock.advance(5000)
    goOn()
    await until(() => isWhole)
    await clock.advance(5000)
    expect(await told).toBe('UPSTREAM_TIMEOUT')
  })
})

describe('a caller who asks to be let in', () => {
  const ask = (upstream: GatedUpstream, address = '10.0.0.1', signal = leaving.signal) =>
    upstream.admit({ caller: { address }, signal })

  it('waits for its turn, and is under way until it leaves', async () => {
    const upstream = connect('http://127.0.0.1:1', {
      limits: { concurrency: 1, queue: 1, maxWaitMs: 1000 },
    })
    const first = await ask(upstream)
    const second = ask(upstream)
    await expect(ask(upstream)).rejects.toMatchObject({ code: 'QUEUE_FULL', status: 429 })
    expect([upstream.inFlight, upstream.admission()?.waiting]).toEqual([1, 1])
    first.leave()
    first.leave()
    ;(await second).leave()
    expect(upstream.inFlight).toBe(0)
    expect((await ask(upstream)).signal.aborted).toBe(false)
  })

  it('leaves the line when it goes', async () => {
    const upstream = connect('http://127.0.0.1:1', {
      limits: { concurrency: 1, queue: 1, maxWaitMs: 1000 },
    })
    await ask(upstream)
    const gone = new AbortController()
    const second = ask(upstream, '10.0.0.2', gone.signal)
    gone.abort(new Error('the caller left'))
    await expect(second).rejects.toThrow('the caller left')
    expect(upstream.admission()).toMatchObject({ waiting: 0, left_total: 1 })
  })

  it('is waited for by a stop, told by its signal, and not let in after', async () => {
    const upstream = connect('http://127.0.0.1:1')
    const admitted = await ask(upstream)
    const drained = upstream.drain(60_000)
    await expect(ask(upstream)).rejects.toMatchObject({ code: 'DRAINING' })
    expect(upstream.cut()).toBe(1)
    expect(admitted.signal.reason).toMatchObject({ code: 'DRAINING' })
    admitted.leave()
    expect(await drained).toBe(true)
  })
})
