import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { Type } from '@sinclair/typebox'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Answer, type Api, answer, type Handlers } from '../api.ts'
import { ControlError } from '../errors.ts'
import { serveRequests } from '../upstream/continue.ts'
import { rawCall } from '../upstream/testing/rig.ts'
import { buildGeneration } from './generation.ts'

const lampApi = {
  'GET /state': {
    summary: 'Whether it shines',
    effect: 'read',
    query: Type.Object({ room: Type.Optional(Type.Integer({ minimum: 1 })) }),
    reply: { 200: Type.Object({ is_on: Type.Boolean(), room: Type.Integer() }) },
  },
  'POST /switch': {
    summary: 'Switches it',
    effect: 'operate',
    body: Type.Object({
      on: Type.Boolean(),
      level: Type.Integer({ minimum: 0, maximum: 100, default: 50 }),
      plan: Type.Optional(Type.String()),
    }),
    reply: { 202: Type.Object({ level: Type.Integer() }) },
  },
  'POST /echo': { summary: 'Gives the bytes back', effect: 'use', raw: true },
  'POST /weigh': { summary: 'Counts the bytes', effect: 'use', raw: true, max_bytes: 1000 },
  'GET /broken': { summary: 'Throws', effect: 'read', reply: { 200: Type.Unknown() } },
  'GET /faulty': { summary: 'Has a fault', effect: 'read', reply: { 200: Type.Unknown() } },
} as const satisfies Api

let room = 1
const switched: number[] = []
const onceCalls: string[] = []
const handlers: Handlers<typeof lampApi> = {
  'GET /state': ({ query }) => answer(200, { is_on: true, room: query.room ?? room }),
  'POST /switch': {
    plan: ({ body }) => ({
      title: 'Switch the lamp?',
      confirm: 'Switch',
      commands: [{ host: 'desk', command: `lamp ${room} ${body.on}` }],
      stops: [],
      consequence: 'It gets bright.',
      holds: ['lamp'],
      last_seconds: null,
      running_requests: 0,
    }),
    apply: (_plan, { body }) => {
      switched.push(body.level)
      return answer(202, { level: body.level }, { location: '/here' })
    },
  },
  'POST /echo': ({ stream }) => ({
    status: 201,
    headers: { 'content-type': 'application/octet-stream' },
    body: stream as AsyncIterable<Uint8Array>,
  }),
  'POST /weigh': async (call) => {
    if (call.headers['x-caller'] === 'unwanted') throw new ControlError('LAMP_BROKEN', 'not you')
    let bytes = 0
    for await (const part of call.stream) bytes += part.length
    return { status: 200, headers: {}, body: Readable.from([Buffer.from(String(bytes))]) }
  },
  'GET /broken': () => {
    throw new ControlError('LAMP_BROKEN', 'the bulb is gone', { status: 503, retryAfterS: 7 })
  },
  'GET /faulty': () => {
    throw new TypeError('no lamp is called "my secret lamp"\n    at my secret lamp')
  },
}
const logged: string[] = []

let server: Server
let base = ''

beforeAll(async () => {
  const generation = await buildGeneration({
    mounts: [{ prefix: '/api/lamp', tag: 'lamp', api: lampApi, handlers }],
    deps: {
      once({ route }, work: () => Promise<Answer>) {
        onceCalls.push(route)
        return work()
      },
    },
    log: pino({ level: 'error' }, { write: (line) => void logged.push(line) }),
    version: '0.0.0',
    extra: () => {},
    missing: (path) => new ControlError('NOT_FOUND', `there is nothing at ${path}`),
  })
  server = createServer()
  serveRequests(server, (req, res) => generation.handle(req, res))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => server.close())

const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(base + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })

describe('a mounted api', () => {
  it('converts numbers of the query and answers JSON', async () => {
    const res = await fetch(`${base}/api/lamp/state?room=7`)
    expect(await res.json()).toEqual({ is_on: true, room: 7 })
  })

  it('lists every bad field of a body, unknown keys too', async () => {
    const res = await post('/api/lamp/switch', { on: 'yes', level: 900, colour: 'red' })
    expect(res.status).toBe(400)
    const { error } = await res.json()
    expect(error.code).toBe('VALIDATION')
    expect(error.details.map((detail: { path: string }) => detail.path).sort()).toEqual([
      'colour',
      'level',
      'on',
    ])
  })

  it('says which key was meant, or which there are', async () => {
    const messagesOf = async (body: object) => {
      const { error } = await (await post('/api/lamp/switch', body)).json()
      return error.details.map((detail: { message: string }) => detail.message)
    }
    expect(await messagesOf({ on: true, levle: 3 })).toEqual([
      'is not a key here; did you mean "level"?',
    ])
    expect(await messagesOf({ on: true, colour: 3 })).toEqual([
      'is not a key here; there are on, level, plan',
    ])
  })

  it('says which type of body it takes to who sends a form', async () => {
    const body = new URLSearchParams({ on: 'true' })
    const res = await fetch(`${base}/api/lamp/switch`, { method: 'POST', body })
    const { error } = await res.json()
    expect([res.status, error.code]).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE'])
    expect(error.message).toMatch(/urlencoded.*this takes application\/json/)
    expect(error.hint).toContain('content-type: application/json')
  })

  it('refuses a query key it does not know', async () => {
    const res = await fetch(`${base}/api/lamp/state?rom=7`)
    expect(res.status).toBe(400)
    expect((await res.json()).error.details[0].path).toBe('rom')
  })

  it('shows the plan of a dry run and does nothing', async () => {
    const before = switched.length
    const res = await post('/api/lamp/switch?dry_run=true', { on: true })
    expect(res.status).toBe(200)
    const plan = await res.json()
    expect(plan).toMatchObject({ title: 'Switch the lamp?', holds: ['lamp'] })
    expect(plan.digest).toMatch(/^[\w-]{22}$/)
    expect(switched.length).toBe(before)
  })

  it('acts on the plan that was shown, with defaults filled in, and gives its headers', async () => {
    const { digest } = await (await post('/api/lamp/switch?dry_run=true', { on: true })).json()
    const res = await post('/api/lamp/switch', { on: true, plan: digest })
    expect(res.status).toBe(202)
    expect(res.headers.get('location')).toBe('/here')
    expect(switched.at(-1)).toBe(50)
  })

  it('answers 409 PLAN_CHANGED when the plan is another by now', async () => {
    const { digest } = await (await post('/api/lamp/switch?dry_run=true', { on: true })).json()
    room = 2
    const before = switched.length
    const res = await post('/api/lamp/switch', { on: true }, { 'x-plan-digest': digest })
    expect(res.status).toBe(409)
    expect((await res.json()).error.code).toBe('PLAN_CHANGED')
    expect(switched.length).toBe(before)
  })

  it('streams raw bodies in and out', async () => {
    const bytes = Buffer.alloc(300_000, 'ab')
    const res = await fetch(`${base}/api/lamp/echo`, { method: 'POST', body: bytes })
    expect(res.status).toBe(201)
    expect(Buffer.from(await res.arrayBuffer()).equals(bytes)).toBe(true)
  })

  it('takes no more of a raw body than its route says, declared or not', async () => {
    const weigh = (body: BodyInit) =>
      fetch(`${base}/api/lamp/weigh`, { method: 'POST', body, duplex: 'half' } as RequestInit)
    expect(await (await weigh('x'.repeat(1000))).text()).toBe('1000')
    const parts = Readable.toWeb(Readable.from([Buffer.alloc(600), Buffer.alloc(600)]))
    for (const tooMuch of ['x'.repeat(1001), parts as BodyInit]) {
      const res = await weigh(tooMuch)
      expect([res.status, (await res.json()).error.code]).toEqual([413, 'PAYLOAD_TOO_LARGE'])
    }
  })

  it('asks for a raw body only when the handler reads it', async () => {
    const { port } = server.address() as AddressInfo
    const head = (more: string) =>
      `POST /api/lamp/weigh HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\nConnection: close\r\n${more}\r\n`
    expect(await rawCall(port, head('X-Caller: unwanted\r\n'))).toMatch(/^HTTP\/1\.1 500 /)
    expect(await rawCall(port, `${head('')}body`)).toMatch(/^HTTP\/1\.1 100 [\s\S]*200 OK[\s\S]*4/)
  })

  it('gives a plugin error its own status, code and Retry-After', async () => {
    const res = await fetch(`${base}/api/lamp/broken`)
    expect(res.status).toBe(503)
    expect(res.headers.get('retry-after')).toBe('7')
    expect((await res.json()).error).toMatchObject({ code: 'LAMP_BROKEN', retry_after_s: 7 })
  })

  it('logs a fault with its place and the id its caller got, not with its words', async () => {
    const res = await fetch(`${base}/api/lamp/faulty`)
    const { code, request_id } = (await res.json()).error
    expect([res.status, code]).toEqual([500, 'INTERNAL'])
    expect(logged).toHaveLength(1)
    expect(logged[0]).not.toContain('secret')
    expect(JSON.parse(logged[0] ?? '')).toMatchObject({
      ...{ request_id, method: 'GET', path: '/api/lamp/faulty', fault: 'TypeError' },
      places: expect.arrayContaining([expect.stringContaining('generation.test.ts')]),
    })
  })

  it('answers malformed JSON, other content and unknown paths in the one error shape', async () => {
    const json = { 'content-type': 'application/json' }
    const cases = [
      ['/api/lamp/switch', { method: 'POST', headers: json, body: '{"on":' }, 400],
      [
        '/api/lamp/switch',
        { method: 'POST', headers: { 'content-type': 'text/csv' }, body: 'a,b' },
        415,
      ],
      ['/api/nothing', {}, 404],
      [
        '/api/lamp/switch',
        { method: 'POST', headers: json, body: `{"x":"${'a'.repeat(1_100_000)}"}` },
        413,
      ],
    ] as const
    for (const [path, init, status] of cases) {
      const res = await fetch(base + path, init)
      expect([path, res.status]).toEqual([path, status])
      expect(typeof (await res.json()).error.message).toBe('string')
    }
  })

  it('answers a path asked with another method with 405 and the methods it has', async () => {
    for (const [path, method, allow] of [
      ['/api/lamp/switch', 'GET', 'POST'],
      ['/api/lamp/state?x=1', 'DELETE', 'GET, HEAD'],
    ] as const) {
      const res = await fetch(base + path, { method })
      expect([res.status, res.headers.get('allow')]).toEqual([405, allow])
      expect((await res.json()).error.code).toBe('METHOD_NOT_ALLOWED')
    }
  })

  it('reads JSON itself, in chunks of one byte too, and leaves all else alone', async () => {
    const { port } = server.address() as AddressInfo
    const call = (type: string, body: string) => {
      const chunks = Array.from(body, (letter) => `1\r\n${letter}\r\n`).join('')
      const head = 'POST /api/lamp/switch HTTP/1.1\r\nHost: a\r\nConnection: close\r\n'
      const types = `Content-Type: ${type}\r\nTransfer-Encoding: chunked\r\n\r\n`
      return rawCall(port, `${head}${types}${chunks}0\r\n\r\n`)
    }
    const body = JSON.stringify({ on: true, level: 7 })
    expect(await call('application/json', body)).toMatch(/ 202 [\s\S]*"level":7/)
    expect(await call('application/json', '{"__proto__":{"on":true}}')).toMatch(/ 400 /)
    expect(await call('application/json', ' '.repeat(1024 ** 2 + 1))).toMatch(/ 413 /)
    expect(await call('text/plain', body)).toMatch(/ 415 /)
  })

  it('answers a body nested without end with 400, in words of its own', async () => {
    const res = await fetch(`${base}/api/lamp/switch`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '['.repeat(400_000) + ']'.repeat(400_000),
    })
    expect([res.status, (await res.json()).error.message]).toEqual([
      400,
      'the body is nested too deeply',
    ])
  })

  it('keeps the answers of acts for an Idempotency-Key, never a plan', async () => {
    const headers = { 'idempotency-key': 'k' }
    onceCalls.length = 0
    await post('/api/lamp/switch?dry_run=true', { on: true }, headers)
    expect(onceCalls).toEqual([])
    await post('/api/lamp/switch', { on: true }, headers)
    expect(onceCalls).toEqual(['POST /api/lamp/switch'])
  })

  it('describes every route in OpenAPI', async () => {
    const { paths } = await (await fetch(`${base}/api/openapi.json`)).json()
    expect(Object.keys(paths).sort()).toEqual(
      ['broken', 'echo', 'faulty', 'state', 'switch', 'weigh'].map((name) => `/api/lamp/${name}`),
    )
  })
})
