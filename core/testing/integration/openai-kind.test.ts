import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import OpenAI, { APIError } from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ServiceView } from '../../views.ts'
import { startTestCluster, type TestCluster, until } from '../test-cluster.ts'

const KEY = 'sk-of-the-desk'
const ENGINE = 'Qwen/Qwen3.6-35B-A3B-FP8'
const QUESTION = [{ role: 'user' as const, content: 'Name three planets.' }]

/** What the stand-in of Ollama was asked: `POST /v1/embeddings nomic-embed-text`. */
const asked: string[] = []
const server = createServer((req, res) => void answer(req, res))
let cluster: TestCluster
let openai: OpenAI

beforeAll(async () => {
  await listen(0)
  cluster = await startTestCluster({
    topology: (yaml) => `${yaml}  desk:
    kind: openai
    url: http://127.0.0.1:${port()}
    api_key: ${KEY}
    paths: [chat/completions, embeddings]
`,
  })
  openai = new OpenAI({ baseURL: `${cluster.url}/v1`, apiKey: 'of the caller', maxRetries: 0 })
})
afterAll(async () => {
  await cluster?.close()
  await shut()
})

const port = () => (server.address() as AddressInfo).port

async function listen(at: number): Promise<void> {
  server.listen(at, '127.0.0.1')
  await once(server, 'listening')
}

async function shut(): Promise<void> {
  server.close()
  server.closeAllConnections()
  await once(server, 'close')
}

async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
  let text = ''
  for await (const chunk of req) text += chunk
  const { model, stream } = text === '' ? {} : JSON.parse(text)
  if (req.method === 'POST') asked.push(`${req.method} ${req.url} ${model}`)
  const send = (status: number, value: unknown) =>
    res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
  if (req.headers.authorization !== `Bearer ${KEY}`) return void send(401, { error: 'no key' })
  if (req.url === '/v1/models')
    return void send(200, {
      object: 'list',
      data: ['llama3.2:latest', 'nomic-embed-text:latest'].map((id) => ({
        ...{ id, object: 'model', created: 1, owned_by: 'library' },
      })),
    })
  if (req.url === '/v1/embeddings')
    return void send(200, {
      object: 'list',
      model,
      data: [{ object: 'embedding', index: 0, embedding: [0.25, 0.5] }],
    })
  if (req.url !== '/v1/chat/completions') return void send(404, '404 page not found')
  if (stream) return writeStream(res, model)
  const message = { role: 'assistant', content: `${model} names Mars.` }
  send(200, { id: 'c', model, choices: [{ index: 0, message, finish_reason: 'stop' }] })
}

function writeStream(res: ServerResponse, model: string): void {
  res.writeHead(200, { 'content-type': 'text/event-stream' })
  for (const content of ['Mars, ', 'Venus, ', 'Earth.']) {
    const choices = [{ index: 0, delta: { content }, finish_reason: null }]
    res.write(`data: ${JSON.stringify({ id: 'c', model, choices })}\n\n`)
  }
  res.end('data: [DONE]\n\n')
}

const desk = async () => (await cluster.ask<ServiceView>('/api/services/desk')).body
const chat = (model: string) =>
  openai.chat.completions.create({ model, messages: QUESTION, max_tokens: 20 })

const refused = (work: Promise<unknown>): Promise<APIError> =>
  work.then(
    () => expect.unreachable('it should have been refused'),
    (error: unknown) => {
      expect(error).toBeInstanceOf(APIError)
      return error as APIError
    },
  )

describe('an OpenAI-compatible server beside an engine', () => {
  it('is listed with it, and shown with what it serves', async () => {
    const owners = new Map<string, string>()
    for await (const { id, owned_by } of openai.models.list()) owners.set(id, owned_by)
    expect(Object.fromEntries(owners)).toMatchObject({
      [ENGINE]: 'vllm',
      'llama3.2:latest': 'openai',
      'llama3.2': 'openai',
    })
    expect(await desk()).toMatchObject({
      state: 'up',
      figures: { models: 2 },
      models: ['llama3.2:latest', 'nomic-embed-text:latest'],
      tile: { actions: [] },
    })
  })

  it('answers for its models, and the engine for its own', async () => {
    expect((await chat('llama3.2')).choices[0]?.message.content).toBe('llama3.2 names Mars.')
    expect((await chat(ENGINE)).model).toBe(ENGINE)
    expect(asked).toEqual(['POST /v1/chat/completions llama3.2'])
  })

  it('streams through the same path', async () => {
    const stream = await openai.chat.completions.create({
      ...{ model: 'llama3.2:latest', messages: QUESTION, stream: true },
    })
    let text = ''
    for await (const { choices } of stream) text += choices[0]?.delta.content ?? ''
    expect(text).toBe('Mars, Venus, Earth.')
  })

  it('gives vectors, since its topology entry says so', async () => {
    const { data } = await openai.embeddings.create({
      ...{ model: 'nomic-embed-text', input: 'a text', encoding_format: 'float' },
    })
    expect(data[0]?.embedding).toEqual([0.25, 0.5])
  })

  it('is passed by on a path its entry does not name, and the caller reads which', async () => {
    const error = await refused(openai.responses.create({ model: 'llama3.2', input: 'Hello' }))
    expect(error).toMatchObject({ status: 404, code: 'model_not_found' })
    expect(error.message).toContain('services.desk.paths')
    expect(asked.filter((each) => each.includes('responses'))).toEqual([])
  })

  it('shows its key to nobody', async () => {
    for (const path of ['/api/topology', '/api/services', '/api/openapi.json', '/metrics'])
      expect((await cluster.ask(path)).text).not.toContain(KEY)
  })

  it('is down once it refuses, its models unlisted, and up again when it is back', async () => {
    const at = port()
    await shut()
    await until(async () => (await desk()).state === 'down', 'the end of the server')
    const ids: string[] = []
    for await (const { id } of openai.models.list()) ids.push(id)
    expect(ids).toContain(ENGINE)
    expect(ids).not.toContain('llama3.2')
    const error = await refused(chat('llama3.2'))
    expect(error).toMatchObject({ status: 502, code: 'upstream_unreachable' })
    expect(error.message).toContain('desk has "llama3.2"')
    await listen(at)
    await until(async () => (await desk()).state === 'up', 'the server')
    expect((await chat('llama3.2')).choices[0]?.message.content).toContain('Mars')
  })
})
