import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ControlError, Value } from '#core'
import { createFakeClock } from '#core/testing'
import { thorough } from '../../../core/testing/thorough.ts'
import { createUpstream } from '../../../core/upstream/pool-upstream.ts'
import type { GatedUpstream } from '../../../core/upstream/upstream.ts'
import { createCollection } from '../../../sandbox/search/collection.ts'
import { type SimulatedQdrant, startQdrant } from '../../../sandbox/search/qdrant.ts'
import { readVectors } from '../collections/vectors.ts'
import type { Document, Embedded } from '../documents/document.ts'
import { writeDocuments } from '../documents/write-documents.ts'
import { createQdrant } from '../qdrant/qdrant.ts'
import { path, toSegment } from '../qdrant/segment.ts'
import { CollectionInfo } from '../qdrant/shapes.ts'
import { DIMENSIONS, embedWords } from '../testing/fake-store.ts'
import { type SearchInput, SearchView } from './request.ts'
import { runSearch, type SearchParts } from './run-search.ts'

const WORDS = ['pump', 'tap', 'leak', 'boiler', 'valve', 'filter', 'pipe', 'tank', 'heat', 'cold']
const { signal } = new AbortController()
let server: SimulatedQdrant
let upstream: GatedUpstream
const asked: string[] = []

/** Three words each, so that ranks differ between meaning and words. */
const documents: Document[] = Array.from({ length: 120 }, (_, index) => ({
  ...{ index, id: `d${index}` },
  text: [index, index * 7 + 1, index * 3 + 2].map((n) => `${WORDS[n % 10]} ${n % 13}`).join(' '),
  payload: { house: index % 3 },
}))

const VECTORS = { dense: { size: DIMENSIONS, distance: 'Cosine' } }
const COLLECTIONS = {
  both: { vectors: VECTORS, sparse_vectors: { sparse: {} } },
  plain: { vectors: VECTORS.dense },
  words: { sparse_vectors: { terms: {} } },
  small: { vectors: { dense: { size: 3, distance: 'Cosine' } } },
}

beforeAll(async () => {
  const collections = new Map(
    Object.entries(COLLECTIONS).map(([name, body]) => [name, createCollection(name, body)]),
  )
  server = await startQdrant({ collections, record: (line) => void asked.push(line) })
  upstream = createUpstream({ origin: `http://127.0.0.1:${server.port}`, requestTimeoutMs: null })
  const qdrant = createQdrant(upstream)
  for (const name of ['both', 'plain', 'words']) {
    const collection = toSegment('name', name)
    const info = await qdrant.call({
      path: path`/collections/${collection}`,
      result: CollectionInfo,
      signal,
    })
    const target = {
      ...{
        qdrant,
        collection,
        vectors: readVectors(info),
        chunk: { maxChars: 500, overlapChars: 0 },
      },
      embed: async (texts: readonly string[]) => embedWords(texts),
    }
    const written = await writeDocuments(target, documents, signal)
    expect(written).toEqual({ documents: 120, points: 120, failed: [] })
  }
})
afterAll(async () => {
  await upstream.close()
  await server.close()
})

const search = async (input: Partial<SearchInput>, parts: Partial<SearchParts> = {}) => {
  const view = await runSearch(
    {
      ...{ service: 'embeddings', clock: createFakeClock(), qdrant: createQdrant(upstream) },
      embed: async (texts) => embedWords(texts),
      rerank: async () => null,
      ...parts,
    },
    {
      ...{ collection: 'both', query: 'the pump leaks', limit: 10, mode: 'hybrid', fusion: 'rrf' },
      ...{ names: true, rerank: false, with: ['payload', 'stages'], ...input },
    },
    signal,
  )
  expect(Value.Check(SearchView, view)).toBe(true)
  return view
}

const embedWith = (change: (embedded: Embedded) => Embedded) => async (texts: readonly string[]) =>
  embedWords(texts).map(change)

describe('a search', () => {
  it.each(['rrf', 'dbsf'] as const)(
    'by %s explains each score: what its lists add is what Qdrant fused',
    async (fusion) => {
      for (let n = 0; n < thorough(500, 60); n++) {
        const query = [n, n * 3 + 1, n * 11 + 5].map((k) => WORDS[k % 10]).join(' ')
        const { results, mode } = await search({ fusion, query, limit: 1 + (n % 40) })
        expect(mode).toBe('hybrid')
        expect(results.length).toBeGreaterThan(0)
        for (const [at, { stages, score }] of results.entries()) {
          const sum = (stages?.dense?.adds ?? 0) + (stages?.sparse?.adds ?? 0)
          expect(stages?.fused).toEqual({ rank: at + 1, score })
          expect(sum).toBeCloseTo(score, 3)
        }
      }
    },
  )

  it.each(['rrf', 'dbsf'] as const)(
    'by %s for what is named counts words three times, and explains that too',
    async (fusion) => {
      const query = `${WORDS[3]} ${WORDS[7]} node_4`
      const { results, names } = await search({ query, fusion })
      const alike = await search({ query, fusion, names: false })
      expect([names, alike.names]).toEqual([['node_4'], []])
      const adds = (all: typeof results, stage: 'dense' | 'sparse') =>
        all.map(({ stages }) => [stages?.[stage]?.rank, stages?.[stage]?.adds] as const)
      const once = new Map(adds(alike.results, 'sparse'))
      for (const { stages, score } of results)
        expect((stages?.dense?.adds ?? 0) + (stages?.sparse?.adds ?? 0)).toBeCloseTo(score, 3)
      for (const [rank, part] of adds(results, 'sparse'))
        if (once.has(rank)) expect(part).toBeCloseTo(3 * (once.get(rank) ?? 0), 6)
    },
  )

  it('weighs words more where they are to count more, and explains that too', async () => {
    const query = `${WORDS[3]} 4 ${WORDS[7]} 9`
    const ranksOf = async (weights: { dense: number; sparse: number }) => {
      const { results } = await search({ query, limit: 20, weights })
      for (const { stages, score } of results)
        expect((stages?.dense?.adds ?? 0) + (stages?.sparse?.adds ?? 0)).toBeCloseTo(score, 3)
      return results.map(({ document }) => document)
    }
    const byWords = (await search({ query, limit: 3, mode: 'sparse' })).results
    const byMeaning = (await search({ query, limit: 3, mode: 'dense' })).results
    expect((await ranksOf({ dense: 0.01, sparse: 100 })).slice(0, 3)).toEqual(
      byWords.map(({ document }) => document),
    )
    expect((await ranksOf({ dense: 100, sparse: 0.01 })).slice(0, 3)).toEqual(
      byMeaning.map(({ document }) => document),
    )
  })

  it('answers text, payload and place of each result, and vectors only if asked', async () => {
    const [first] = (await search({ query: documents[4]?.text ?? '' })).results
    expect(first).toMatchObject({
      ...{ document: 'd4', chunk: 0, text: documents[4]?.text, payload: { house: 1 } },
      stages: { dense: { rank: 1 }, sparse: { rank: 1 }, fused: { rank: 1 } },
    })
    const bare = (await search({ with: ['vectors'] })).results[0]
    expect(Object.keys(bare ?? {}).sort()).toEqual([
      'chunk',
      'document',
      'id',
      'score',
      'text',
      'vectors',
    ])
    expect(bare?.vectors).toMatchObject({ dense: expect.any(Array) })
  })

  it('takes two requests, whatever it explains', async () => {
    asked.length = 0
    await search({})
    expect(asked.sort()).toEqual([
      'GET /collections/both',
      'POST /collections/both/points/query/batch',
    ])
  })

  it('filters every list', async () => {
    const filter = { must: [{ key: 'house', match: { value: 2 } }] }
    for (const mode of ['hybrid', 'dense', 'sparse'] as const) {
      const { results } = await search({ filter, mode })
      expect(results.map(({ payload }) => payload?.house)).toEqual(results.map(() => 2))
      expect(results.length).toBeGreaterThan(3)
    }
  })

  it.each([
    ['a collection without words', { collection: 'plain' }, {}, 'plain has no sparse vectors'],
    [
      'a server without words',
      {},
      { embed: embedWith((each) => ({ ...each, sparse: null })) },
      'The embeddings server gives no sparse vectors',
    ],
    [
      'a query without words',
      {},
      { embed: embedWith((each) => ({ ...each, sparse: { indices: [], values: [] } })) },
      'No word of the query has a weight',
    ],
  ])('over %s says that it is by meaning alone', async (_, input, parts, why) => {
    const { mode, fusion, notes, results } = await search(input, parts)
    expect([mode, fusion]).toEqual(['dense', null])
    expect(notes).toEqual([
      { code: 'DENSE_ONLY', message: `${why}; only meaning was searched by.` },
    ])
    expect(results[0]?.stages).toEqual({ dense: { rank: 1, score: results[0]?.score } })
    await expect(search({ ...input, mode: 'sparse' }, parts)).rejects.toMatchObject({
      ...{ code: 'SPARSE_MISSING', status: 409 },
    })
  })

  it('over a collection of words alone says so, and refuses to go by meaning', async () => {
    const { mode, notes, results } = await search({ collection: 'words' })
    expect([mode, notes[0]?.code]).toEqual(['sparse', 'SPARSE_ONLY'])
    expect(results.length).toBeGreaterThan(3)
    await expect(search({ collection: 'words', mode: 'dense' })).rejects.toMatchObject({
      code: 'VECTORS_MISFIT',
    })
  })

  it.each([
    ['of another model', { collection: 'small' }, 'VECTORS_MISFIT'],
    ['that is not there', { collection: 'none' }, 'COLLECTION_UNKNOWN'],
    ['with a name of dots', { collection: '..' }, 'VALIDATION'],
    [
      'with weights that would not count',
      { fusion: 'dbsf' as const, weights: { dense: 1, sparse: 2 } },
      'VALIDATION',
    ],
    ['by a filter that is none', { filter: { mustt: [] } }, 'VALIDATION'],
  ])('in a collection %s is refused', async (_, input, code) => {
    await expect(search(input)).rejects.toMatchObject({ code })
  })
})

describe('the reranker', () => {
  /** Likes what stands last. */
  const backwards: SearchParts['rerank'] = async (_query, texts) =>
    texts.map((_, index) => ({ index, score: index / texts.length }))

  it('has the last word over more results than are answered', async () => {
    let read = 0
    const { results, is_reranked, notes } = await search(
      { rerank: true, limit: 5 },
      {
        rerank: async (query, texts, until) => {
          read = texts.length
          return backwards(query, texts, until)
        },
      },
    )
    expect([read, results.length, is_reranked, notes]).toEqual([50, 5, true, []])
    expect(results[0]?.stages).toMatchObject({
      fused: { rank: 50 },
      rerank: { rank: 1, score: 0.98 },
    })
    expect(results[0]?.score).toBe(0.98)
  })

  it.each([
    ['is not there', async () => null, 'RERANKER_MISSING'],
    [
      'fails',
      () => Promise.reject(new ControlError('UPSTREAM_TIMEOUT', 'it was silent.')),
      'RERANK_FAILED',
    ],
  ] as [string, SearchParts['rerank'], string][])(
    'that %s is told of, and the search stands',
    async (_, rerank, code) => {
      const plain = await search({})
      const { results, is_reranked, notes } = await search({ rerank: true }, { rerank })
      expect([is_reranked, notes.map((note) => note.code)]).toEqual([false, [code]])
      expect(results).toEqual(plain.results)
    },
  )

  it('that leaves some out takes none of them away', async () => {
    const { results } = await search(
      { rerank: true, limit: 50 },
      {
        rerank: async () => [
          { index: 3, score: 1 },
          { index: 99, score: 2 },
        ],
      },
    )
    expect(results).toHaveLength(50)
    expect(new Set(results.map(({ id }) => id)).size).toBe(50)
    expect(results[0]?.stages?.rerank).toEqual({ rank: 2, score: 1 })
  })
})
