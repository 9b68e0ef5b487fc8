import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { Readable } from 'node:stream'
import { pino } from 'pino'
import { afterEach, describe, expect, it } from 'vitest'
import type { Limits } from '../admission/gate.ts'
import type { Api } from '../api.ts'
import { ControlError } from '../errors.ts'
import type { Hold, Open, Running } from '../plugin.ts'
import type { LiveKind, LiveService } from '../services.ts'
import { serveRequests } from '../upstream/continue.ts'
import type { DoorCall } from '../upstream/own-answer.ts'
import { createUpstream } from '../upstream/pool-upstream.ts'
import { createCleanup, listen, rawCall, startServer, until } from '../upstream/testing/rig.ts'
import { buildGeneration } from './generation.ts'
import { type Doorway, frontDoor, servedModels } from './v1.ts'

const open = createCleanup()
afterEach(open.run)

const CHAT = { summary: 'Chat', effect: 'use', forward: 'main', max_bytes: 1000 } as const
const doorOf = (...paths: string[]): Api => Object.fromEntries(paths.map((path) => [path, CHAT]))

interface Draft {
  id: string
  models: string[]
  isDefault?: boolean
  door?: Api
  aliases?: string[]
  /** Paths of the door it answers; absent: all. */
  paths?: string[]
  limits?: Limits
  /** What it answers by itself. */
  answers?: Running['answers']
}

/** A service whose server answers with its own id and what it was sent. */
async function startService(draft: Draft): Promise<LiveService> {
  const { id, models, isDefault = false, door, aliases, paths, limits, answers } = draft
  const server = open.add(
    await startServer(async (req, res) => {
      let body = ''
      for await (const chunk of req) body += chunk
      res.setHeader('content-type', 'application/json')
      res.end(JSON.stringify({ id, url: req.url, body }))
    }),
  )
  const upstream = open.add(
    createUpstream({
      origin: server.origin,
      requestTimeoutMs: null,
      clock: { now: Date.now, sleep: async () => {} },
      ...(limits && { limits }),
    }),
  )
  return {
    spec: { id, kind: 'lamp', default: isDefault },
    loaded: { plugin: { kind: 'lamp', door: door ?? doorOf('POST /v1/chat/completions') } },
    running: {
      models: () => models,
      ...(answers && { answers }),
      ...(aliases && { aliases: () => aliases }),
      ...(paths && { offers: (route: string) => paths.includes(route) }),
    },
    upstreams: new Map([['main', upstream]]),
    service: { http: () => upstream },
  } as unknown as LiveService
}

async function startDoor(
  drafts: Draft[],
  explain?: (model: string) => ControlError | undefined,
  hold?: Open['hold'],
) {
  const services = await Promise.all(drafts.map(startService))
  const kinds = services.slice(0, 1).map(
    ({ loaded }) =>
      ({
        loaded,
        open: {
          handlers: {},
          ...(explain && { explainModel: explain }),
          ...(hold && { hold, offered: () => ['org/next', 'org/big'] }),
        },
      }) as unknown as LiveKind,
  )
  const doorway: Doorway = { services: () => services, kinds: () => kinds }
  const generation = await buildGeneration({
    mounts: [frontDoor(doorway)],
    deps: { once: (_request, work) => work() },
    log: pino({ level: 'silent' }),
    version: '0.0.0',
    extra: () => {},
    missing: (path) => new ControlError('NOT_FOUND', path),
  })
  const server = createServer()
  serveRequests(server, (q, s) => generation.handle(q, s))
  const { origin, port } = open.add(await listen(server))
  const chat = async (body: unknown, query = '') => {
    const reply = await fetch(`${origin}/v1/chat/completions${query}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
    return { status: reply.status, body: await reply.json() }
  }
  return { doorway, chat, port }
}

const two: Draft[] = [
  { id: 'llm', models: ['org/big'] },
  { id: 'llm-2', models: ['org/small'] },
]

it('sends a request where its model is, with the very bytes and the query it came with', async () => {
  const { chat } = await startDoor(two)
  const text = '{ "model":"org/small",\n"x": 1.0 }'
  expect(await chat(text, '?a=1')).toEqual({
    status: 200,
    body: { id: 'llm-2', url: '/v1/chat/completions?a=1', body: text },
  })
})

it('asks for a model where several services answer and none is the default', async () => {
  const { chat } = await startDoor(two)
  const { status, body } = await chat({})
  expect([status, body.error.param]).toEqual([400, 'model'])
  const withDefault = await startDoor([two[0] as Draft, { ...(two[1] as Draft), isDefault: true }])
  expect((await withDefault.chat({})).body.id).toBe('llm-2')
})

it('lets the kind say why nobody serves a model, else lists what is served', async () => {
  const loading = new ControlError('MODEL_LOADING', 'org/next is being loaded', { retryAfterS: 9 })
  const { chat } = await startDoor(two, (model) => (model === 'org/next' ? loading : undefined))
  const known = await chat({ model: 'org/next' })
  expect([known.status, known.body.error.code]).toEqual([503, 'model_loading'])
  const unknown = await chat({ model: 'org/none' })
  expect([unknown.status, unknown.body.error.code]).toEqual([404, 'model_not_found'])
  expect(unknown.body.error.message).toContain('org/big, org/small')
})

it('passes by services whose kind does not have the path', async () => {
  const { chat } = await startDoor([
    two[0] as Draft,
    { id: 'voice', models: ['org/small'], door: doorOf('POST /v1/audio/speech') },
  ])
  // The only one that has it, and it may take any name.
  expect((await chat({ model: 'org/small' })).body.id).toBe('llm')
})

it('passes by a service that does not answer the path, though its kind has it', async () => {
  const { chat } = await startDoor([
    two[0] as Draft,
    { id: 'vectors', models: ['org/small'], paths: ['POST /v1/embeddings'] },
  ])
  // The only one that answers it, and it may take any name.
  expect((await chat({ model: 'org/small' })).body.id).toBe('llm')
})

it('takes further names of a model, and lists them', async () => {
  const { chat, doorway } = await startDoor([
    two[0] as Draft,
    { id: 'desk', models: ['llama:latest'], aliases: ['llama'] },
  ])
  expect((await chat({ model: 'llama' })).body.id).toBe('desk')
  expect(servedModels(doorway).data.map(({ id }) => id)).toContain('llama')
})

it('lets a service answer by itself where its server speaks another dialect, and others not', async () => {
  const answer = async ({ body, query, sizeBytes }: DoorCall) => ({
    status: 201,
    headers: { 'content-type': 'application/json' },
    body: Readable.from([
      Buffer.from(
        JSON.stringify({
          said: String(Buffer.concat(await body.toArray())),
          sizeBytes,
          query: query.get('a'),
        }),
      ),
    ]),
  })
  const answers = { 'POST /v1/chat/completions': { maxBytes: 50, answer } }
  const { chat } = await startDoor([two[0] as Draft, { ...(two[1] as Draft), answers }])
  const text = '{"model":"org/small"}'
  const said = { said: text, sizeBytes: text.length, query: '1' }
  expect(await chat(text, '?a=1')).toEqual({ status: 201, body: said })
  expect((await chat({ model: 'org/small', x: 'x'.repeat(100) })).status).toBe(413)
  expect((await chat({ model: 'org/big' })).body.id).toBe('llm')
})

it('refuses what is larger than the path takes, and JSON that is none', async () => {
  const { chat } = await startDoor(two)
  const large = await chat({ model: 'org/big', x: 'x'.repeat(2000) })
  expect([large.status, large.body.error.code]).toEqual([413, 'payload_too_large'])
  expect((await chat('{')).status).toBe(400)
})

it('lists every served model once', async () => {
  const { doorway } = await startDoor([...two, { id: 'llm-3', models: ['org/big'] }])
  expect(servedModels(doorway).data.map(({ id, owned_by }) => [id, owned_by])).toEqual([
    ['org/big', 'lamp'],
    ['org/small', 'lamp'],
  ])
})

describe('a kind that lets requests wait', () => {
  const notLoaded = () => new ControlError('MODEL_NOT_LOADED', 'it is on disk')
  const held = (ready: Promise<void>): Hold => ({
    ready,
    describe: () => '1st in line',
    leave: () => {},
  })

  it('gets those for a model nobody serves, and they go where it is served afterwards', async () => {
    const models: string[] = []
    const asked: unknown[] = []
    const { chat } = await startDoor([{ id: 'llm', models }], notLoaded, (request) => {
      asked.push(request)
      return held(Promise.resolve().then(() => void models.push(request.model)))
    })
    const text = '{"model":"org/next"}'
    expect((await chat(text)).body).toMatchObject({ id: 'llm', body: text })
    expect(asked).toEqual([{ model: 'org/next' }])
  })

  it('gets those for a service that is about to stop, named or not', async () => {
    const asked: unknown[] = []
    const { doorway, chat } = await startDoor([two[0] as Draft], notLoaded, (request) => {
      asked.push(request)
      return held(Promise.resolve().then(() => upstream?.resume()))
    })
    const upstream = doorway.services()[0]?.upstreams.get('main')
    await upstream?.drain(0)
    expect((await chat({ model: 'org/big' })).status).toBe(200)
    await upstream?.drain(0)
    expect((await chat({})).status).toBe(200)
    expect(asked).toEqual([
      { model: 'org/big', service: 'llm' },
      { model: 'org/big', service: 'llm' },
    ])
  })

  it('may refuse at once, and leave others to be told why', async () => {
    const full = new ControlError('OVERLOADED', 'enough', { retryAfterS: 3 })
    const { chat } = await startDoor(two, notLoaded, ({ model }) => {
      if (model === 'org/next') throw full
      return undefined
    })
    expect((await chat({ model: 'org/next' })).body.error.code).toBe('overloaded')
    expect((await chat({ model: 'org/other' })).body.error.code).toBe('model_not_loaded')
  })

  it('adds what it would wait for to the list of models', async () => {
    const { doorway } = await startDoor(two, notLoaded, () => undefined)
    const ids = servedModels(doorway).data.map(({ id }) => id)
    expect(ids).toEqual(['org/big', 'org/small', 'org/next'])
  })
})

it('refuses a body unread where nobody has room, and takes it where one service has', async () => {
  const full = { concurrency: 1, queue: 0, maxWaitMs: 1000 }
  const head = (type: string, expect = '') =>
    `POST /v1/chat/completions?model=org/big HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: ${type}\r\nContent-Length: 2\r\n${expect}\r\n`
  for (const [others, answer] of [
    [[], /^HTTP\/1.1 429 /],
    [[two[1] as Draft], /^HTTP\/1.1 100 /],
  ] as const) {
    const { doorway, port } = await startDoor([{ ...(two[0] as Draft), limits: full }, ...others])
    const upstream = doorway.services()[0]?.upstreams.get('main')
    // Half a body: it stays there until the end of the test.
    const held = rawCall(port, `${head('audio/wav')}x`)
    await until(() => upstream?.inFlight === 1)
    const socket = connect(port, '127.0.0.1')
    socket.write(head('application/json', 'Expect: 100-continue\r\n'))
    const [chunk] = await once(socket, 'data')
    expect(String(chunk)).toMatch(answer)
    socket.destroy()
    upstream?.cut()
    await held
  }
})
