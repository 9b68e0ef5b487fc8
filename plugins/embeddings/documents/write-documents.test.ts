import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ControlError } from '#core'
import { createFakeClock } from '#core/testing'
import { createUpstream } from '../../../core/upstream/pool-upstream.ts'
import type { GatedUpstream } from '../../../core/upstream/upstream.ts'
import {
  type QdrantFault,
  type SimulatedQdrant,
  startQdrant,
} from '../../../sandbox/search/qdrant.ts'
import { createHandler } from '../collections/create-collection.ts'
import { toSegment } from '../qdrant/segment.ts'
import { createFakeStore, embedWords } from '../testing/fake-store.ts'
import { addDocumentsHandler } from './add-documents.ts'
import type { DocumentInput } from './document.ts'

const { signal } = new AbortController()
const name = toSegment('name', 'notes')
let qdrant: SimulatedQdrant
let upstream: GatedUpstream
let fault: QdrantFault | undefined
let refuse: (text: string) => ControlError | undefined = () => undefined

const rig = () => {
  const store = createFakeStore(upstream, createFakeClock(), {
    async embed(texts) {
      for (const text of texts) {
        const error = refuse(text)
        if (error) throw error
      }
      return embedWords(texts)
    },
  })
  const add = (documents: DocumentInput[], chunk?: { max_chars: number; overlap_chars: number }) =>
    addDocumentsHandler(() => store)({
      ...{ params: { name }, query: {}, signal, caller: { address: 'test' } },
      body: { documents, ...(chunk && { chunk }) },
    })
  return { store, add }
}

beforeEach(async () => {
  qdrant = await startQdrant({ fault: () => fault })
  upstream = createUpstream({ origin: `http://127.0.0.1:${qdrant.port}`, requestTimeoutMs: null })
  const { store } = rig()
  const handler = createHandler(() => store)
  const call = { ...{ params: { name }, query: {}, signal }, body: {}, caller: { address: 'test' } }
  await handler.apply(await handler.plan(call), call)
})
afterEach(async () => {
  fault = undefined
  refuse = () => undefined
  await upstream.close()
  await qdrant.close()
})

const points = () => [...(qdrant.collections.get('notes')?.points.values() ?? [])]
const sentences = (count: number, word: string) =>
  Array.from({ length: count }, (_, n) => `The ${word} number ${n} stands here.`).join(' ')

describe('documents', () => {
  it('are there with text, payload and place once the answer is', async () => {
    const { add } = rig()
    const reply = await add([{ id: 'a', text: 'The pump runs.', payload: { city: 'Bern' } }])
    expect(reply).toMatchObject({ status: 200, value: { documents: 1, points: 1, failed: [] } })
    expect(points()).toEqual([
      expect.objectContaining({
        payload: {
          ...{ city: 'Bern', text: 'The pump runs.' },
          _document: { id: 'a', chunk: 0, chunks: 1, begin: 0, end: 14 },
        },
      }),
    ])
  })

  it('sent again change nothing, and keep the ids people gave', async () => {
    const { add } = rig()
    const documents = [
      { id: 7, text: sentences(20, 'pump') },
      { id: 'b', text: sentences(3, 'tap') },
      { text: 'Without an id.' },
    ]
    await add(documents, { max_chars: 200, overlap_chars: 50 })
    const before = points().map(({ id, payload }) => ({ id, payload }))
    await add(documents, { max_chars: 200, overlap_chars: 50 })
    expect(points().map(({ id, payload }) => ({ id, payload }))).toEqual(before)
    expect(before.map(({ id }) => id)).toContain(7)
  })

  it('that became shorter lose the chunks they had; others keep theirs', async () => {
    const { add } = rig()
    const chunk = { max_chars: 200, overlap_chars: 0 }
    await add(
      [
        { id: 'a', text: sentences(30, 'pump') },
        { id: 'b', text: sentences(30, 'tap') },
      ],
      chunk,
    )
    const before = points().length
    await add([{ id: 'a', text: 'Only this is left.' }], chunk)
    const texts = points().map(({ payload }) => String(payload.text))
    expect(texts.filter((text) => text.includes('pump'))).toEqual([])
    expect(texts.filter((text) => text.includes('tap')).length).toBe(before / 2)
  })

  it('that are refused are listed, and the others are in', async () => {
    const { add } = rig()
    refuse = (text) =>
      text.includes('poison') ? new ControlError('VALIDATION', 'it is too long') : undefined
    const documents = Array.from({ length: 20 }, (_, n) => ({
      ...{ id: `d${n}`, text: [3, 11].includes(n) ? 'poison' : `Text ${n}.` },
    }))
    const { value } = await add(documents)
    expect(value).toMatchObject({
      documents: 18,
      failed: [3, 11].map((index) => ({
        ...{ index, id: `d${index}`, code: 'VALIDATION', message: 'it is too long' },
      })),
    })
    expect(points()).toHaveLength(18)
  })

  it.each([
    ['busy', 'VECTOR_STORE_BUSY', 429],
    ['full', 'VECTOR_STORE_FULL', 507],
    ['error', 'OVERLOADED', 503],
  ] as const)('are refused as a whole by a Qdrant that is %s', async (state, code, status) => {
    const { add } = rig()
    fault = state
    await expect(add([{ text: 'x' }])).rejects.toMatchObject({ code, status })
  })

  it('of another size than the collection takes say so before anything is sent', async () => {
    const { store } = rig()
    const small = { ...store, embed: async () => [{ dense: new Float32Array(3), sparse: null }] }
    const call = { ...{ params: { name }, query: {}, signal }, caller: { address: 'test' } }
    await expect(
      addDocumentsHandler(() => small)({ ...call, body: { documents: [{ text: 'x' }] } }),
    ).rejects.toMatchObject({
      code: 'VECTORS_MISFIT',
      message: expect.stringContaining('32 numbers'),
    })
  })

  it.each([
    [
      'the same id twice',
      [
        { id: 'a', text: 'x' },
        { id: 'a', text: 'y' },
      ],
      'documents.1.id',
    ],
    ['a key of ours', [{ text: 'x', payload: { _document: 1 } }], 'documents.0.payload._document'],
    ['its text again', [{ text: 'x', payload: { text: 'y' } }], 'documents.0.payload.text'],
  ])('with %s are refused', async (_, documents, at) => {
    await expect(rig().add(documents)).rejects.toMatchObject({
      ...{ code: 'VALIDATION', details: [{ path: at }] },
    })
    expect(points()).toEqual([])
  })

  it('that are many become a job with their documents kept; the same again is the same load', async () => {
    const { add, store } = rig()
    const documents = Array.from({ length: 250 }, (_, n) => ({ id: n, text: `Text ${n}.` }))
    const reply = await add(documents)
    await add(documents)
    expect(reply).toMatchObject({ status: 202, headers: { location: '/api/jobs/job-1' } })
    const [first, second] = store.started
    expect(first).toMatchObject({ name: 'load', holds: ['embeddings:notes'] })
    expect(second?.joinKey).toBe(first?.joinKey)
    expect(JSON.stringify(first?.input).length).toBeLessThan(200)
    expect(store.service.store.keys('load/')).toHaveLength(4)
  })

  it('for a collection that is not there are not kept', async () => {
    const { store } = rig()
    const documents = Array.from({ length: 50 }, (_, n) => ({ id: n, text: 'x' }))
    await expect(
      addDocumentsHandler(() => store)({
        ...{ params: { name: 'none' }, query: {}, signal, caller: { address: 'test' } },
        body: { documents },
      }),
    ).rejects.toMatchObject({ code: 'COLLECTION_UNKNOWN' })
    expect(store.service.store.keys()).toEqual([])
  })
})
