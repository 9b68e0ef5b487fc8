import { createServer } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createUpstream } from '../../../core/upstream/pool-upstream.ts'
import { flag } from '../../../sandbox/search/embeddings/flag.ts'
import {
  type Dialect,
  type RunningServer,
  serveDialect,
} from '../../../sandbox/search/embeddings/http.ts'
import { infinity } from '../../../sandbox/search/embeddings/infinity.ts'
import { hashedModel } from '../../../sandbox/search/embeddings/model.ts'
import { tei } from '../../../sandbox/search/embeddings/tei.ts'
import { vllm } from '../../../sandbox/search/embeddings/vllm.ts'
import { lookAtServer } from './look.ts'

const KEY = 'key-of-the-servers'
const m3 = hashedModel('BAAI/bge-m3')
const ranker = hashedModel('BAAI/bge-reranker-v2-m3')
const both = [
  { model: m3, can: 'embed' },
  { model: ranker, can: 'rerank' },
] as const

/** llama.cpp and the like: a list of models, and nothing that tells whose it is. */
const plain: Dialect = {
  busy: () => ({ status: 503, value: '' }),
  answer: ({ path }) =>
    path === '/v1/models'
      ? { status: 200, value: { object: 'list', data: [{ id: 'nomic', owned_by: 'llamacpp' }] } }
      : { status: 404, value: { error: { message: 'File Not Found' } } },
}

const DIALECTS = {
  tei: tei(m3, { task: 'embed', maxClientBatch: 16 }),
  splade: tei(hashedModel('naver/splade-v3'), { task: 'splade' }),
  ranker: tei(ranker, { task: 'rerank' }),
  infinity: infinity({ models: both }),
  prefixed: infinity({ models: both, prefix: '/v1' }),
  vllm: vllm(m3, { task: 'embed' }),
  flag: flag(m3),
  plain,
}
type Name = keyof typeof DIALECTS

const servers = new Map<Name, RunningServer>()
const signal = new AbortController().signal

beforeAll(async () => {
  for (const [name, dialect] of Object.entries(DIALECTS))
    servers.set(name as Name, await serveDialect({ port: 0, dialect, apiKey: KEY }))
})
afterAll(() => Promise.all([...servers.values()].map((server) => server.close())))

const upstreamOf = (origin: string, apiKey = KEY) =>
  createUpstream({ origin, apiKey, requestTimeoutMs: null })
const look = (name: Name, wanted: Parameters<typeof lookAtServer>[1] = { server: 'auto' }) =>
  lookAtServer(upstreamOf(servers.get(name)?.origin ?? ''), wanted, undefined, signal)

describe('a look at a server', () => {
  it.each<[Name, object]>([
    ['tei', { shape: 'tei', maxBatch: 16, models: [{ id: m3.id, can: ['embed'] }] }],
    [
      'splade',
      { shape: 'tei', maxBatch: 32, models: [{ id: 'naver/splade-v3', can: ['sparse'] }] },
    ],
    ['ranker', { shape: 'tei', models: [{ id: ranker.id, can: ['rerank'] }] }],
    [
      'infinity',
      { shape: 'infinity', prefix: '', models: [{ can: ['embed'] }, { can: ['rerank'] }] },
    ],
    ['prefixed', { shape: 'infinity', prefix: '/v1' }],
    ['vllm', { shape: 'vllm', maxBatch: null, models: [{ id: m3.id, can: ['unknown'] }] }],
    ['plain', { shape: 'openai', models: [{ id: 'nomic', can: ['unknown'] }] }],
    [
      'flag',
      {
        shape: 'flag',
        models: [],
        embedDoor: { path: '/encode', field: 'texts' },
        rerankDoor: { path: '/rerank', field: 'documents' },
      },
    ],
  ])('finds out what %s is', async (name, found) => {
    expect(await look(name)).toMatchObject(found)
  })

  it('asks only what the topology says that it is', async () => {
    expect(await look('vllm', { server: 'openai' })).toMatchObject({ shape: 'openai' })
    await expect(look('vllm', { server: 'tei' })).rejects.toMatchObject({
      code: 'EMBEDDINGS_SERVER_UNKNOWN',
      message: expect.stringContaining('"tei"'),
    })
  })

  it('takes a path of the topology for one of FlagEmbedding', async () => {
    expect(await look('plain', { server: 'auto', path: '/my/encode' })).toMatchObject({
      shape: 'flag',
      embedDoor: { path: '/my/encode', field: 'texts' },
    })
  })

  it('asks one question of a server that is still the same, and all of another', async () => {
    const asked: string[] = []
    const log = (line: string): number => asked.push(line)
    const first = await serveDialect({ port: 0, dialect: DIALECTS.vllm, log })
    const upstream = upstreamOf(first.origin)
    const found = await lookAtServer(upstream, { server: 'auto' }, undefined, signal)
    asked.length = 0
    expect(await lookAtServer(upstream, { server: 'auto' }, found, signal)).toEqual(found)
    expect(asked).toEqual(['"GET /v1/models" 200'])
    await first.close()
    const port = Number(new URL(first.origin).port)
    const second = await serveDialect({ port, dialect: DIALECTS.tei })
    const after = upstreamOf(first.origin)
    expect(await lookAtServer(after, { server: 'auto' }, found, signal)).toMatchObject({
      shape: 'tei',
    })
    await second.close()
  })

  it('says that the key is wrong, that it has no room, or that it refuses', async () => {
    const { origin = '' } = servers.get('infinity') ?? {}
    await expect(
      lookAtServer(upstreamOf(origin, 'another'), { server: 'auto' }, undefined, signal),
    ).rejects.toMatchObject({
      code: 'UPSTREAM_KEY_REFUSED',
      hint: expect.stringContaining('api_key'),
    })
    const full = createServer((_req, res) => void res.writeHead(429, { 'retry-after': '7' }).end())
    await new Promise<void>((resolve) => full.listen(0, '127.0.0.1', resolve))
    const { port } = full.address() as { port: number }
    const upstream = upstreamOf(`http://127.0.0.1:${port}`)
    await expect(
      lookAtServer(upstream, { server: 'auto' }, undefined, signal),
    ).rejects.toMatchObject({ code: 'OVERLOADED', retryAfterS: 7 })
    full.close()
    full.closeAllConnections()
    await new Promise((resolve) => full.once('close', resolve))
    await expect(
      lookAtServer(upstream, { server: 'auto' }, undefined, signal),
    ).rejects.toMatchObject({ code: 'UPSTREAM_UNREACHABLE' })
  })
})
