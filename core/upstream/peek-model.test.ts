import { createHash, randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { serveRequests } from './continue.ts'
import { MAX_JSON_BYTES, peekModel } from './peek-model.ts'
import { createUpstream } from './pool-upstream.ts'
import { createCleanup, listen, read, startServer, until } from './testing/rig.ts'
import { writeError } from './write-error.ts'

const open = createCleanup()
afterEach(open.run)

/** A gateway that peeks and forwards; the server answers with a hash of what it got. */
async function start({ candidates = 2, maxBytes = 1e9 } = {}) {
  const models: (string | null)[] = []
  const left = { peeks: 0 }
  const server = open.add(
    await startServer(async (req, res) => {
      const sum = createHash('sha256')
      for await (const part of req) sum.update(part)
      res.end(sum.digest('hex'))
    }),
  )
  const upstream = open.add(createUpstream({ origin: server.origin, requestTimeoutMs: null }))
  const gateway = createServer()
  serveRequests(gateway, async (req, res) => {
    try {
      const peeked = await peekModel(req, res, { candidates, maxBytes })
      if (!peeked) {
        left.peeks += 1
        return
      }
      models.push(peeked.model)
      const body = peeked.body && { body: peeked.body }
      await upstream.forward(req, res, { path: '/x', maxBytes, ...body })
    } catch (error) {
      writeError(req, res, error)
    }
  })
  const { origin, port } = open.add(await listen(gateway))
  const call = (body: Buffer | string, type: string | null, query = '') =>
    read(`${origin}/v1/x${query}`, {
      method: 'POST',
      // An Uint8Array has no type of its own; a string would get text/plain.
      body: Buffer.from(body),
      headers: type === null ? {} : { 'content-type': type },
    })
  return { models, left, server, call, port }
}

describe('JSON', () => {
  it.each([
    ['first', '{"model":"m","messages":[]}', 'm'],
    [
      'last, with the same word elsewhere',
      '{"messages":[{"model":"no"}],"n":"\\"model\\":","model":"m"}',
      'm',
    ],
    ['with spaces and escapes', ' \n{ "model" : "\\u006d/\\u00e9" }', 'm/é'],
    ['missing', '{"messages":[]}', null],
    ['no string', '{"model":7}', null],
    ['empty', '{"model":""}', null],
    ['in an array', '[{"model":"m"}]', null],
    ['null as a body', 'null', null],
  ])('model %s', async (_title, body, model) => {
    const { models, call } = await start({ candidates: 1 })
    const answer = await call(body, 'application/json')
    expect(models).toEqual([model])
    expect(answer.body.toString()).toBe(hash(Buffer.from(body)))
  })

  it('goes up with its original bytes, whatever their spacing and duplicate keys', async () => {
    const { call } = await start()
    const body = '{ "model" : "a",\r\n "model":"b", "x":1.10e2 }'
    expect((await call(body, 'application/json')).body.toString()).toBe(hash(Buffer.from(body)))
  })

  it('without a type (curl -d) is read too', async () => {
    const { models, call } = await start()
    await call('{"model":"m"}', 'application/x-www-form-urlencoded')
    await call('{"model":"m"}', null)
    await call('a=b', 'application/x-www-form-urlencoded')
    expect(models).toEqual(['m', 'm', null])
  })

  it('that is none is 400 with the reason', async () => {
    const { call } = await start()
    const answer = await call('{"model":', 'application/json; charset=utf-8')
    expect(answer.status).toBe(400)
    expect(JSON.parse(answer.body.toString()).error.message).toMatch(/^The body is not JSON: /)
  })

  it('over 32 MiB is 413 before it is read', async () => {
    const { call, server } = await start()
    const answer = await call(Buffer.alloc(MAX_JSON_BYTES + 1, ' '), 'application/json')
    expect(answer.status).toBe(413)
    expect(server.accepted).toBe(0)
  })

  it.each([
    ['gzip', 'application/json'],
    [null, 'audio/wav'],
  ])('encoded as %s or of type %s is not read', async (encoding, type) => {
    const { models, call } = await start()
    const body = randomBytes(100_000)
    const answer = encoding
      ? await call(body, 'application/octet-stream', '?model=q')
      : await call(body, type, '?model=q')
    expect(models).toEqual(['q'])
    expect(answer.body.toString()).toBe(hash(body))
  })
})

describe('a form', () => {
  const audio = randomBytes(300_000)

  it.each([
    ['before the file', [field('model', 'whisper')], [file(audio)], 'whisper'],
    ['after other fields', [field('language', 'en'), field('model', 'w')], [file(audio)], 'w'],
    ['after the file: not to be told', [file(audio)], [field('model', 'w')], null],
    ['missing', [field('language', 'en')], [], null],
    ['missing, with a file', [field('language', 'en')], [file(audio)], null],
    [
      'beyond 64 KiB of other fields',
      [field('prompt', 'p'.repeat(70_000))],
      [field('model', 'w')],
      null,
    ],
    ['empty', [field('model', '')], [], null],
  ])('with its model %s', async (_title, before, after, model) => {
    const { models, call } = await start()
    const body = form([...before, ...after])
    const answer = await call(body, TYPE)
    expect(models).toEqual([model])
    expect(answer.body.toString()).toBe(hash(body))
  })

  it('with the file first takes the model of the query', async () => {
    const { models, call } = await start()
    await call(form([file(audio)]), TYPE, '?model=w')
    expect(models).toEqual(['w'])
  })

  it('with one candidate is not read at all', async () => {
    const { models, call } = await start({ candidates: 1 })
    const body = form([field('model', 'w'), file(audio)])
    expect((await call(body, TYPE)).body.toString()).toBe(hash(body))
    expect(models).toEqual([null])
  })

  it('without an end goes up as it is', async () => {
    const { call } = await start()
    const body = Buffer.from(`--${BOUNDARY}\r\nContent-Disposition: form-data; name="mod`)
    expect((await call(body, TYPE)).body.toString()).toBe(hash(body))
  })

  it('cut anywhere by the network gives the same model and the same bytes', async () => {
    const { models, port } = await start()
    const body = form([
      field('language', 'de'),
      field('model', 'w'),
      file(audio.subarray(0, 90_000)),
    ])
    const head = `POST /v1/x HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: ${TYPE}\r\nContent-Length: ${body.length}\r\n\r\n`
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.nat(400), { maxLength: 5 }), async (cuts) => {
        const client = connect({ port, host: '127.0.0.1', noDelay: true })
        let answer = ''
        client.on('data', (part) => {
          answer += part
        })
        client.write(head)
        let from = 0
        for (const cut of cuts.sort((a, b) => a - b)) {
          await new Promise((resolve) => client.write(body.subarray(from, cut), resolve))
          await new Promise((resolve) => setImmediate(resolve))
          from = cut
        }
        client.write(body.subarray(from))
        await new Promise((resolve) => client.once('close', resolve))
        expect(answer).toContain(hash(body))
        expect(models.pop()).toBe('w')
      }),
      { numRuns: 40 },
    )
  })
})

it.each([
  ['JSON', 'Content-Type: application/json'],
  ['a form', `Content-Type: multipart/form-data; boundary=x`],
])('a client that leaves while its %s is read is not forwarded', async (_title, type) => {
  const { left, port, server } = await start()
  const client = connect(port, '127.0.0.1')
  client.write(`POST /v1/x HTTP/1.1\r\nHost: a\r\n${type}\r\nContent-Length: 500\r\n\r\n{"mo`, () =>
    client.end(),
  )
  client.resume()
  await until(() => left.peeks === 1)
  expect(server.accepted).toBe(0)
})

const BOUNDARY = '----WebKitFormBoundary7MA4'
const TYPE = `multipart/form-data; boundary=${BOUNDARY}`

function field(name: string, value: string): Buffer {
  return Buffer.from(`Content-Disposition: form-data; name="${name}"\r\n\r\n${value}`)
}

function file(bytes: Buffer): Buffer {
  const head =
    'Content-Disposition: form-data; name="file"; filename="a.wav"\r\nContent-Type: audio/wav\r\n\r\n'
  return Buffer.concat([Buffer.from(head), bytes])
}

function form(parts: Buffer[]): Buffer {
  const chunks = parts.flatMap((part) => [
    Buffer.from(`--${BOUNDARY}\r\n`),
    part,
    Buffer.from('\r\n'),
  ])
  return Buffer.concat([...chunks, Buffer.from(`--${BOUNDARY}--\r\n`)])
}

function hash(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}
