import { readFileSync } from 'node:fs'
import OpenAI, { APIError } from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ServiceView } from '../../views.ts'
import { canRunExamples, runDocExamples } from '../doc-examples.ts'
import { startTestCluster, type TestCluster, until } from '../test-cluster.ts'

const TEXTS = [
  'The reader was restarted at noon',
  'A loaf of bread takes an hour in the oven',
  'After the power cut every machine started again by itself',
]

const page = readFileSync(new URL('../../../docs/EMBEDDINGS.md', import.meta.url), 'utf8')

let cluster: TestCluster
let openai: OpenAI

beforeAll(async () => {
  cluster = await startTestCluster()
  openai = new OpenAI({ baseURL: `${cluster.url}/v1`, apiKey: 'ignored', maxRetries: 0 })
})
afterAll(async () => {
  await cluster?.close()
})

const service = async () => (await cluster.ask<ServiceView>('/api/services/embeddings')).body

interface Server {
  role: string
  state: string
  reason: string | null
}

const servers = async () =>
  Object.fromEntries(
    (await cluster.ask<{ servers: Server[] }>('/api/embeddings/servers')).body.servers.map(
      (server) => [server.role, server],
    ),
  )

const refused = (work: Promise<unknown>): Promise<APIError> =>
  work.then(
    () => expect.unreachable('it should have been refused'),
    (error: unknown) => {
      expect(error).toBeInstanceOf(APIError)
      return error as APIError
    },
  )

const embed = (input: string | string[], model = 'bge-m3', encoding_format?: 'float' | 'base64') =>
  openai.embeddings.create({ model, input, ...(encoding_format && { encoding_format }) })

const rerank = (body: object) =>
  cluster.post<{ results: { index: number; relevance_score: number }[] }>('/v1/rerank', body)

describe('the official openai client on /v1/embeddings', () => {
  it('gets the same vectors packed, which it asks for by itself, and as numbers', async () => {
    const packed = await embed(TEXTS)
    const numbers = await embed(TEXTS, 'BAAI/bge-m3', 'float')
    expect(packed.data.map(({ embedding }) => embedding)).toEqual(
      numbers.data.map(({ embedding }) => embedding),
    )
    expect(packed.data.map(({ index }) => index)).toEqual([0, 1, 2])
    expect(packed.data[0]?.embedding).toHaveLength(1024)
    const raw = await cluster.post<{ data: { embedding: string }[] }>('/v1/embeddings', {
      ...{ input: TEXTS[0], model: 'bge-m3', encoding_format: 'base64' },
    })
    const bytes = Buffer.from(raw.body.data[0]?.embedding ?? '', 'base64')
    const decoded = new Float32Array(new Uint8Array(bytes).buffer)
    expect(Array.from(decoded)).toEqual(numbers.data[0]?.embedding)
  })

  it('gets 2,048 texts at once in their order, and is refused one more', async () => {
    const many = Array.from({ length: 2048 }, (_, n) => `text number ${n}`)
    const { data } = await embed(many)
    expect(data).toHaveLength(2048)
    const [alone] = (await embed(many[1999] ?? '')).data
    expect(data[1999]?.embedding).toEqual(alone?.embedding)
    const error = await refused(embed([...many, 'one more']))
    expect(error).toMatchObject({ status: 400, code: 'validation', param: 'input' })
  })

  it('reads in the shape of OpenAI what is wrong', async () => {
    expect(await refused(embed(''))).toMatchObject({
      ...{ status: 400, code: 'validation', param: 'input', type: 'invalid_request_error' },
    })
    const unknown = await refused(embed('a', 'nobody/nothing'))
    expect(unknown).toMatchObject({ status: 404, code: 'model_not_found', param: 'model' })
    expect(unknown.message).toContain('BAAI/bge-m3')
  })

  it('lists the models of all its servers', async () => {
    const ids: string[] = []
    for await (const { id } of openai.models.list()) ids.push(id)
    expect(ids).toEqual(expect.arrayContaining(['BAAI/bge-m3', 'bge-m3', 'BAAI/bge-reranker-base']))
  })
})

it('every example of docs/EMBEDDINGS.md does what it says', async ({ skip }) => {
  if (!(await canRunExamples())) skip('curl or jq is not installed')
  expect((await runDocExamples(page, cluster.url)).examples).toBeGreaterThanOrEqual(5)
})

describe('POST /v1/rerank', () => {
  it('puts the document that answers the question first', async () => {
    const { status, body } = await rerank({
      ...{ model: 'bge-reranker-base', query: 'when was the reader restarted' },
      ...{ documents: [...TEXTS].reverse(), top_n: 2 },
    })
    expect(status).toBe(200)
    expect(body.results).toHaveLength(2)
    expect(body.results[0]?.index).toBe(2)
  })
})

describe('the service', () => {
  it('is up, with its figures and its containers', async () => {
    expect(await service()).toMatchObject({
      ...{ state: 'up', has_containers: true, figures: { models: 1 } },
    })
    expect(await servers()).toMatchObject({
      embeddings: { state: 'up', server: 'flag' },
      rerank: { state: 'up', server: 'tei', models: ['BAAI/bge-reranker-base'] },
    })
    const { body } = await cluster.ask<{ containers: { name: string; state: string }[] }>(
      '/api/services/embeddings/containers',
    )
    expect(body.containers.map(({ name, state }) => [name, state])).toEqual([
      ['bge-m3', 'running'],
      ['reranker', 'running'],
      ['qdrant', 'running'],
    ])
  })

  it('answers 503 with Retry-After while its GPU is busy', async () => {
    await cluster.setFaults('spark-2', { busy: true })
    const error = await refused(embed('a'))
    expect(error).toMatchObject({ status: 503, code: 'overloaded' })
    expect(Number(error.headers?.get('retry-after'))).toBeGreaterThan(0)
    await cluster.setFaults('spark-2', {})
  })

  it('says that its server refuses, keeps the reranker apart, and is back by itself', async () => {
    await cluster.setFaults('spark-2', { http: 'refuse' })
    await until(async () => (await service()).state === 'down', 'the end of the service')
    expect(await refused(embed('a'))).toMatchObject({ status: 502, code: 'upstream_unreachable' })
    expect((await servers()).rerank).toMatchObject({ state: 'down' })
    await cluster.setFaults('spark-2', {})
    await until(async () => (await service()).state === 'up', 'the service')
    expect((await embed('a')).data).toHaveLength(1)
  })

  it('is up without its reranker, which is started again as the plan says', async () => {
    const path = '/api/services/embeddings/containers/reranker'
    const stop = await cluster.post<{ job: { id: string } }>(`${path}/stop`, {})
    expect(await cluster.ended(stop.body.job)).toMatchObject({ state: 'succeeded' })
    await until(async () => (await servers()).rerank?.state === 'down', 'the end of the reranker')
    expect(await service()).toMatchObject({
      state: 'up',
      reason: expect.stringContaining('refuses'),
    })
    expect((await rerank({ query: 'a', documents: ['a'] })).status).toBe(502)
    const start = await cluster.post<{ job: { id: string } }>(`${path}/start`, {})
    expect(await cluster.ended(start.body.job)).toMatchObject({ state: 'succeeded' })
    await until(async () => (await servers()).rerank?.state === 'up', 'the reranker')
    expect((await rerank({ query: 'a', documents: ['a'] })).status).toBe(200)
  })
})
