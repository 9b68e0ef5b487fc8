import { afterEach, expect, it } from 'vitest'
import { createFakeClock } from '../testing/fake-clock.ts'
import { createUpstream } from './pool-upstream.ts'
import { createCleanup, startServer, until } from './testing/rig.ts'

const open = createCleanup()
afterEach(open.run)

const startCall = async (
  answer: Parameters<typeof startServer>[0],
  settings: Partial<Parameters<typeof createUpstream>[0]> = {},
) => {
  const server = open.add(await startServer(answer))
  const upstream = createUpstream({ origin: server.origin, requestTimeoutMs: null, ...settings })
  return { server, upstream: open.add(upstream) }
}

it('sends JSON with the key of the service and reads JSON', async () => {
  const { upstream } = await startCall(
    async (req, res) => {
      let body = ''
      for await (const part of req) body += part
      const { method, url, headers } = req
      res.setHeader('x-a', '1')
      res.statusCode = 201
      res.end(JSON.stringify({ method, url, body, key: headers.authorization }))
    },
    { apiKey: 'k' },
  )
  const answer = await upstream.request('/a?b', { body: { c: 1 } })
  expect([answer.status, answer.headers['x-a']]).toEqual([201, '1'])
  expect(answer.json()).toEqual({ method: 'POST', url: '/a?b', body: '{"c":1}', key: 'Bearer k' })
})

it('is not counted as a request going through, and works while draining', async () => {
  let inFlight = -1
  const { upstream } = await startCall((_req, res) => {
    inFlight = upstream.inFlight
    res.end('{}')
  })
  await upstream.drain(1_000)
  await upstream.request('/')
  expect(inFlight).toBe(0)
})

it('is over at its deadline', async () => {
  const clock = createFakeClock()
  const { upstream, server } = await startCall(() => {}, { clock })
  const calling = upstream.request('/', { timeoutMs: 2_000 })
  const failure = expect(calling).rejects.toMatchObject({
    code: 'UPSTREAM_TIMEOUT',
    message: expect.stringMatching(/did not answer within 2 s/),
    hint: expect.not.stringContaining('request_timeout'),
  })
  await until(() => server.accepted === 1)
  await clock.advance(2_000)
  await failure
  await until(() => server.sockets.size === 0)
})

it("rejects with the signal's reason, and leaves no sleeper", async () => {
  const clock = createFakeClock()
  const { upstream, server } = await startCall(() => {}, { clock })
  const stop = new AbortController()
  const calling = upstream.request('/', { signal: stop.signal })
  const failure = expect(calling).rejects.toThrow('enough')
  await until(() => server.accepted === 1)
  stop.abort(new Error('enough'))
  await failure
  expect(clock.sleepers).toBe(0)
  await expect(upstream.request('/', { signal: stop.signal })).rejects.toThrow('enough')
  await until(() => server.sockets.size === 0)
})

it('takes no more than it was told to', async () => {
  const { upstream } = await startCall((_req, res) => res.end('x'.repeat(1_001)))
  await expect(upstream.request('/', { maxBytes: 1_000 })).rejects.toMatchObject({
    code: 'UPSTREAM_FAILED',
    message: expect.stringContaining('1000 bytes'),
  })
  expect((await upstream.request('/', { maxBytes: 1_001 })).body.length).toBe(1_001)
})

it('says so when the answer is not JSON', async () => {
  const { upstream } = await startCall((_req, res) => res.end('<html>'))
  const answer = await upstream.request('/')
  expect(() => answer.json()).toThrow('The answer is not JSON: <html>')
})

it('tells a closed port from a broken answer', async () => {
  const { upstream, server } = await startCall((req) => req.socket.destroy())
  await expect(upstream.request('/')).rejects.toMatchObject({ code: 'UPSTREAM_FAILED' })
  const gone = await startServer(() => {})
  await gone.close()
  const closed = open.add(createUpstream({ origin: gone.origin, requestTimeoutMs: null }))
  await expect(closed.request('/')).rejects.toMatchObject({ code: 'UPSTREAM_UNREACHABLE' })
  expect(server.accepted).toBe(1)
})
