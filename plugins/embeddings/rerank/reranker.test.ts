import { Readable } from 'node:stream'
import { json } from 'node:stream/consumers'
import { afterEach, describe, expect, it } from 'vitest'
import type { DoorCall } from '#core'
import { flag } from '../../../sandbox/search/embeddings/flag.ts'
import { type Dialect, serveDialect } from '../../../sandbox/search/embeddings/http.ts'
import { infinity } from '../../../sandbox/search/embeddings/infinity.ts'
import { hashedModel } from '../../../sandbox/search/embeddings/model.ts'
import { tei } from '../../../sandbox/search/embeddings/tei.ts'
import { vllm } from '../../../sandbox/search/embeddings/vllm.ts'
import { fakeService } from '../testing/fake-service.ts'
import { answerRerank } from './answer.ts'
import { byRelevance, readRanking } from './read-ranking.ts'
import { canRerank, reranker } from './reranker.ts'

const m3 = hashedModel('BAAI/bge-m3', 32)
const ranker = hashedModel('BAAI/bge-reranker-v2-m3', 32)
const signal = new AbortController().signal
const query = 'restart the speech server'
const documents = [
  'How to make bread at home',
  'Restart the speech server with one button',
  'The server of the speech bot',
  ...Array.from(
    { length: 60 },
    (_, n) => `note ${n}: the server was ${n % 3 ? 'fine' : 'restarted'}`,
  ),
]
const expected = documents
  .map((text, index) => ({ index, relevance_score: ranker.judge(query, text) }))
  .sort(byRelevance)

const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const server of open.splice(0)) await server.close()
})

async function start(main: Dialect, rerank?: Dialect) {
  const serve = async (dialect: Dialect): Promise<string> => {
    const server = await serveDialect({ port: 0, dialect })
    open.push(server)
    return server.origin
  }
  const origins = { main: await serve(main), ...(rerank && { rerank: await serve(rerank) }) }
  return fakeService(origins)
}

const EMBEDS = tei(m3, { task: 'embed' })
const RERANKERS: Record<string, Dialect> = {
  TEI: tei(ranker, { task: 'rerank' }),
  'TEI that takes few at once': tei(ranker, { task: 'rerank', maxClientBatch: 7 }),
  infinity: infinity({ models: [{ model: ranker, can: 'rerank' }] }),
  vLLM: vllm(ranker, { task: 'score' }),
  'vLLM with /score alone': vllm(ranker, { task: 'score', hasRerank: false }),
  'FlagEmbedding with plain scores': flag(ranker),
}

describe('a reranker', () => {
  it.each(Object.entries(RERANKERS))('ranks by %s, best first', async (_, dialect) => {
    const { service } = await start(EMBEDS, dialect)
    const found = await reranker(service, signal)
    expect(await found?.rerank(query, documents, null, signal)).toEqual(expected)
    expect(await found?.rerank(query, documents, 2, signal)).toEqual(expected.slice(0, 2))
    expect(canRerank(service)).toBe(true)
  })

  it('is the embeddings server itself, where that says that it reranks', async () => {
    const models = [
      { model: m3, can: 'embed' },
      { model: ranker, can: 'rerank' },
    ] as const
    const { service } = await start(infinity({ models }))
    const found = await reranker(service, signal)
    expect(found?.model).toBe(ranker.id)
    expect(await found?.rerank(query, documents, 3, signal)).toEqual(expected.slice(0, 3))
  })

  it('is not there where no server reranks', async () => {
    const { service } = await start(EMBEDS)
    expect(await reranker(service, signal)).toBeUndefined()
    expect(canRerank(service)).toBe(false)
  })
})

describe('a ranking', () => {
  it.each<[string, unknown]>([
    [
      'of TEI',
      [
        { index: 1, score: 0.9 },
        { index: 0, score: 0.1 },
      ],
    ],
    [
      'of Cohere',
      {
        results: [
          { index: 1, relevance_score: 0.9 },
          { index: 0, relevance_score: 0.1 },
        ],
      },
    ],
    [
      'of /score',
      {
        data: [
          { index: 0, object: 'score', score: 0.1 },
          { index: 1, score: 0.9 },
        ],
      },
    ],
    ['of numbers', { scores: [0.1, 0.9] }],
    ['of bare numbers', [0.1, 0.9]],
  ])('%s is read', (_, answer) => {
    expect(readRanking(answer, 2).sort(byRelevance)).toEqual([
      { index: 1, relevance_score: 0.9 },
      { index: 0, relevance_score: 0.1 },
    ])
  })

  it('of one document may be a single number', () => {
    expect(readRanking({ scores: 0.5 }, 1)).toEqual([{ index: 0, relevance_score: 0.5 }])
  })

  it.each<[string, unknown]>([
    ['names a document that was not sent', [{ index: 2, score: 1 }]],
    [
      'names one twice',
      [
        { index: 0, score: 1 },
        { index: 0, score: 1 },
      ],
    ],
    ['has no score', [{ index: 0 }]],
    ['is none', { ok: true }],
    ['is null', null],
  ])('that %s is refused', (_, answer) => {
    expect(() => readRanking(answer, 2)).toThrow('no ranking that can be read')
  })
})

describe('POST /v1/rerank', () => {
  const ask = async (body: unknown, main = EMBEDS, rerank = RERANKERS.TEI) => {
    const { service } = await start(main, rerank)
    const call = { body: Readable.from([Buffer.from(JSON.stringify(body))]), signal }
    const answer = await answerRerank(service, call as unknown as DoorCall)
    return (await json(answer.body as Readable)) as { results: object[]; model: string }
  }

  it('answers in the shape of Cohere and Jina', async () => {
    const { results, model } = await ask({ query, documents, top_n: 2, return_documents: true })
    expect(model).toBe(ranker.id)
    expect(results).toEqual(
      expected.slice(0, 2).map((each) => ({ ...each, document: { text: documents[each.index] } })),
    )
  })

  it('takes documents as objects, and gives no documents unless asked', async () => {
    const { results } = await ask({ query, documents: documents.map((text) => ({ text })) })
    expect(results).toEqual(expected)
  })

  it.each<[string, object, string]>([
    ['no query', { documents }, 'query'],
    ['an empty query', { query: '', documents }, 'query'],
    ['no documents', { query, documents: [] }, 'documents'],
    ['a document that is none', { query, documents: ['a', 5] }, 'documents.1'],
    ['no place', { query, documents, top_n: 0 }, 'top_n'],
  ])('refuses %s', async (_, body, path) => {
    await expect(ask(body)).rejects.toMatchObject({ code: 'VALIDATION', details: [{ path }] })
  })

  it('says which line of the topology is missing where nothing reranks', async () => {
    const { service } = await start(EMBEDS)
    const call = {
      body: Readable.from([Buffer.from(JSON.stringify({ query, documents }))]),
      signal,
    }
    await expect(answerRerank(service, call as unknown as DoorCall)).rejects.toMatchObject({
      ...{ code: 'RERANKER_MISSING', hint: expect.stringContaining('services.embeddings.rerank') },
    })
  })
})
