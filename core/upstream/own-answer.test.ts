import { once } from 'node:events'
import { connect } from 'node:net'
import { Readable } from 'node:stream'
import { afterEach, describe, expect, it } from 'vitest'
import type { RawAnswer } from '../api.ts'
import { ControlError } from '../errors.ts'
import type { DoorCall } from './own-answer.ts'
import { createUpstream, type UpstreamSettings } from './pool-upstream.ts'
import { createCleanup, read, startAnswering, startServer, until } from './testing/rig.ts'

const open = createCleanup()
afterEach(open.run)

/** A service that answers by itself; its server repeats what it is sent and counts who hangs on it. */
async function start(
  answer: (call: DoorCall, ask: (call: DoorCall) => Promise<RawAnswer>) => Promise<RawAnswer>,
  { maxBytes = 1e6, ...settings }: Partial<UpstreamSettings> & { maxBytes?: number } = {},
) {
  const seen = { bytes: 0, cut: 0, requests: 0 }
  const server = open.add(
    await startServer((req, res) => {
      seen.requests += 1
      res.on('close', () => {
        if (!res.writableFinished) seen.cut += 1
      })
      req.on('data', (chunk: Buffer) => {
        seen.bytes += chunk.byteLength
      })
      if (req.url !== '/hang') req.pipe(res)
    }),
  )
  const upstream = open.add(
    createUpstream({ origin: server.origin, requestTimeoutMs: null, ...settings }),
  )
  const ask = async (call: DoorCall): Promise<RawAnswer> => {
    const { status, body } = await upstream.stream(call.query.get('to') ?? '/', {
      ...{ body: call.body, signal: call.signal },
    })
    return { status, headers: { 'content-type': 'text/plain' }, body }
  }
  const answerHeaders = { 'x-request-id': 'r1' }
  const answering = { maxBytes, answerHeaders, answer: (call: DoorCall) => answer(call, ask) }
  const { origin, port } = open.add(await startAnswering(upstream, answering))
  return {
    origin,
    port,
    upstream,
    seen,
    post: (body: BodyInit, path = '/v1/x') => read(origin + path, { method: 'POST', body }),
  }
}

/** A socket with the head of an upload of `bytes` and the beginning of its body. */
function upload(port: number, bytes: number, path = '/v1/x', extra = '') {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  socket.write(
    `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Type: audio/wav\r\nContent-Length: ${bytes}\r\n${extra}\r\n`,
  )
  return socket
}

describe('a service that answers a path by itself', () => {
  it('reads the body as a stream and writes its answer as one', async () => {
    const { post, upstream } = await start((call, ask) => ask(call))
    const bytes = Buffer.alloc(400_000, 'abc')
    const { status, body, headers } = await post(bytes)
    expect([status, body.equals(bytes), headers.get('x-request-id')]).toEqual([200, true, 'r1'])
    expect(upstream.inFlight).toBe(0)
  })

  it('says in the shape of the path what it throws', async () => {
    const { post } = await start(async () => {
      throw new ControlError('AUDIO_BAD', 'It is no audio.', { status: 415 })
    })
    const { status, body } = await post('x')
    expect([status, JSON.parse(String(body)).error.code]).toEqual([415, 'audio_bad'])
  })

  it('is sent no more than its path takes: declared or in chunks', async () => {
    const { post, seen, port } = await start((call, ask) => ask(call), { maxBytes: 1000 })
    const waiting = upload(port, 3_000_000_000, '/v1/x', 'Expect: 100-continue\r\n')
    expect(String((await once(waiting, 'data'))[0])).toMatch(/^HTTP\/1.1 413 /)
    expect(seen.requests).toBe(0)
    const chunks = Readable.toWeb(Readable.from([Buffer.alloc(900), Buffer.alloc(900)]))
    const init = { method: 'POST', body: chunks as BodyInit, duplex: 'half' } as RequestInit
    const { status } = await read(`http://127.0.0.1:${port}/v1/x`, init)
    expect(status).toBe(413)
    await until(() => seen.requests === seen.cut)
    expect((await post('small')).status).toBe(200)
  })

  it('is told when the caller leaves, and so is its server: in the upload and after it', async () => {
    const reasons: string[] = []
    const { port, seen, upstream } = await start((call, ask) => {
      call.signal.addEventListener('abort', () => reasons.push(call.signal.reason.message))
      return ask(call)
    })
    for (const rest of ['half', 'whole body']) {
      const bytes = seen.bytes
      const socket = upload(port, 10, '/v1/x?to=/hang')
      socket.write(rest)
      await until(() => seen.bytes - bytes === rest.length)
      socket.destroy()
      await until(() => upstream.inFlight === 0)
    }
    await until(() => seen.cut === 2)
    expect(reasons).toEqual(['the client has left', 'the client has left'])
  })

  it.each([
    ['audio/wav', false],
    ['text/event-stream', true],
  ])('never lets a broken answer of %s look whole', async (type, isWhole) => {
    const { post } = await start(async () => ({
      status: 200,
      headers: { 'content-type': type },
      body: Readable.from(
        (async function* () {
          yield Buffer.from('the first part')
          throw new Error('cut')
        })(),
      ),
    }))
    const answer = await post('x')
    expect(answer).toMatchObject({ status: 200, isWhole })
    if (isWhole) expect(String(answer.body)).toMatch(/event: error\ndata: .*"cut"/)
  })

  it('waits for its place unread, is refused unread, and is cut when the service stops', async () => {
    const limits = { concurrency: 1, queue: 0, maxWaitMs: 1000 }
    const { port, seen, upstream } = await start((call, ask) => ask(call), { limits })
    const first = upload(port, 10, '/v1/x?to=/hang')
    first.write('half')
    await until(() => seen.bytes === 4)
    const second = upload(port, 10, '/v1/x', 'Expect: 100-continue\r\n')
    expect(String((await once(second, 'data'))[0])).toMatch(/^HTTP\/1.1 429 /)
    expect([upstream.cut(), seen.requests]).toEqual([1, 1])
    expect(String((await once(first, 'data'))[0])).toMatch(/^HTTP\/1.1 503 /)
    await until(() => seen.cut === 1)
  })
})
