import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { OperateHandler } from '#core'
import { createFakeClock } from '#core/testing'
import { createUpstream } from '../../../core/upstream/pool-upstream.ts'
import type { GatedUpstream } from '../../../core/upstream/upstream.ts'
import { createCollection } from '../../../sandbox/search/collection.ts'
import { type SimulatedQdrant, startQdrant } from '../../../sandbox/search/qdrant.ts'
import { addDocumentsHandler } from '../documents/add-documents.ts'
import { deleteDocumentsHandler } from '../documents/delete-documents.ts'
import { toSegment } from '../qdrant/segment.ts'
import { createFakeStore, type FakeStore } from '../testing/fake-store.ts'
import { createHandler } from './create-collection.ts'
import { deleteHandler } from './delete-collection.ts'
import { deleteIndexHandler, putIndexHandler } from './payload-indexes.ts'
import { listCollections, readCollection } from './read-collections.ts'

const { signal } = new AbortController()
let server: SimulatedQdrant
let upstream: GatedUpstream
let store: FakeStore
const asked: string[] = []

beforeEach(async () => {
  server = await startQdrant({ record: (line) => void asked.push(line) })
  upstream = createUpstream({ origin: `http://127.0.0.1:${server.port}`, requestTimeoutMs: null })
  store = createFakeStore(upstream, createFakeClock())
})
afterEach(async () => {
  await upstream.close()
  await server.close()
})

const pick = () => store
const call = (params: object, body: unknown = {}, query: object = {}) =>
  ({ params, body, query, signal, caller: { address: 'test' } }) as never

/** Plans and acts, as core does. */
// biome-ignore lint/suspicious/noExplicitAny: each handler has its own route
async function act(handler: OperateHandler<any, any>, given: never) {
  const plan = await handler.plan(given)
  return { plan, ...(await handler.apply(plan, given)) }
}

const make = (name = 'notes', body = {}) => act(createHandler(pick), call({ name }, body))
const add = (documents: object[], name = 'notes') =>
  addDocumentsHandler(pick)(call({ name }, { documents }))

describe('making a collection', () => {
  it('takes the vectors of the embedding model, and says so beforehand', async () => {
    const { status, value, plan } = await make()
    expect(status).toBe(201)
    expect(plan).toMatchObject({
      title: 'Make the collection “notes”?',
      consequence: expect.stringContaining('32 numbers each) and by words'),
      holds: ['embeddings:notes'],
    })
    expect(value).toEqual({
      ...{ name: 'notes', service: 'embeddings', status: 'green', points: 0 },
      dense: { name: 'dense', size: 32, distance: 'Cosine' },
      sparse: { name: 'sparse', is_idf: false },
      indexes: [{ field: '_document.id', type: 'keyword', points: 0 }],
    })
  })

  it('that is there already changes nothing; one that compares otherwise is in the way', async () => {
    await make()
    const again = await make()
    expect([again.status, again.plan]).toEqual([200, null])
    for (const body of [{ distance: 'Dot' }, { sparse: false }, { idf: true }])
      await expect(make('notes', body)).rejects.toMatchObject({
        ...{ code: 'COLLECTION_EXISTS', status: 409 },
      })
  })

  it('without words where the server gives none', async () => {
    store = createFakeStore(upstream, createFakeClock(), {
      traits: async () => ({ dimensions: 8, hasSparse: false }),
    })
    expect((await make()).value).toMatchObject({ dense: { size: 8 }, sparse: null })
    await expect(make('other', { sparse: true })).rejects.toMatchObject({ code: 'SPARSE_MISSING' })
  })
})

describe('deleting a collection', () => {
  it('takes its name again, and says what is lost', async () => {
    await make()
    await add([{ text: 'One.' }, { text: 'Two.' }])
    const handler = deleteHandler(pick)
    expect(await handler.plan(call({ name: 'notes' }))).toMatchObject({
      consequence: expect.stringContaining('with 2 chunks'),
      irreversible: expect.any(String),
    })
    for (const confirm of [undefined, 'note', 'Notes'])
      await expect(act(handler, call({ name: 'notes' }, {}, { confirm }))).rejects.toMatchObject({
        ...{ code: 'CONFIRM_MISSING', status: 428 },
      })
    expect(server.collections.has('notes')).toBe(true)
    await act(handler, call({ name: 'notes' }, {}, { confirm: 'notes' }))
    expect(server.collections.has('notes')).toBe(false)
  })

  it('is refused while documents are loaded into it', async () => {
    await make()
    store.active = [
      { id: 'j', title: 'Load 5 documents into notes', input: { collection: 'notes' } },
    ]
    await expect(
      act(deleteHandler(pick), call({ name: 'notes' }, {}, { confirm: 'notes' })),
    ).rejects.toMatchObject({ code: 'JOB_RUNNING', holder: { job: 'j' } })
  })

  it('that is not there is an error', async () => {
    await expect(act(deleteHandler(pick), call({ name: 'none' }))).rejects.toMatchObject({
      code: 'COLLECTION_UNKNOWN',
    })
  })
})

describe('deleting documents', () => {
  const remove = (body: object) => act(deleteDocumentsHandler(pick), call({ name: 'notes' }, body))
  const left = () => [...(server.collections.get('notes')?.points.values() ?? [])].length

  beforeEach(async () => {
    await make()
    await add([
      ...[{ id: 'a', text: `${'A long tale. '.repeat(200)}`, payload: { house: 1 } }],
      ...[{ id: 7, text: 'Seven.', payload: { house: 1 } }],
      ...[{ id: 'b', text: 'Bee.', payload: { house: 2 } }],
    ])
  })

  it('by id takes all of their chunks', async () => {
    expect(left()).toBeGreaterThan(4)
    const { value, plan } = await remove({ ids: ['a', 7, 'nobody'] })
    expect(left()).toBe(1)
    expect(value).toEqual({ deleted_points: plan.points, points: 1 })
    expect((await remove({ ids: ['a'] })).value).toEqual({ deleted_points: 0, points: 1 })
  })

  it('by filter takes what fits', async () => {
    await remove({ filter: { must: [{ key: 'house', match: { value: 1 } }] } })
    expect(left()).toBe(1)
  })

  it.each([
    ['nothing', {}],
    ['both', { ids: ['a'], filter: { must: [] } }],
    ['an empty filter', { filter: {} }],
    ['a filter of nothing', { filter: { must: [], must_not: [] } }],
  ])('by %s is refused', async (_, body) => {
    const before = left()
    await expect(remove(body)).rejects.toMatchObject({ code: 'VALIDATION' })
    expect(left()).toBe(before)
  })
})

describe('indexes', () => {
  const put = (field: string, type: string) =>
    act(putIndexHandler(pick), call({ name: 'notes', field }, { type }))
  const drop = (field: string) => act(deleteIndexHandler(pick), call({ name: 'notes', field }))

  it('come and go, and are not made twice', async () => {
    await make()
    const { value } = await put('house', 'integer')
    expect(value).toMatchObject({
      indexes: [{ field: '_document.id' }, { field: 'house', type: 'integer' }],
    })
    expect((await put('house', 'integer')).plan).toBeNull()
    await expect(put('house', 'keyword')).rejects.toMatchObject({ code: 'COLLECTION_EXISTS' })
    expect((await drop('house')).value.indexes).toHaveLength(1)
    expect((await drop('house')).plan).toBeNull()
  })

  it('called `..` delete no collection, as they do through other clients', async () => {
    await make()
    asked.length = 0
    for (const field of ['..', '%2e%2e', '.', '../x', 'a/b'])
      await expect(drop(field)).rejects.toMatchObject({ code: 'VALIDATION' })
    expect(asked).toEqual([])
    expect(server.collections.has('notes')).toBe(true)
  })
})

describe('the list', () => {
  it('tells of every collection, also of those others made', async () => {
    await make()
    server.collections.set(
      'images',
      createCollection('images', { vectors: { size: 4, distance: 'Dot' } }),
    )
    server.collections.set('..', createCollection('..', { vectors: { size: 4, distance: 'Dot' } }))
    asked.length = 0
    const { collections, others } = await listCollections(store.qdrant, 'embeddings', signal)
    expect(collections.map(({ name, dense }) => [name, dense?.name, dense?.size])).toEqual([
      ...[
        ['images', '', 4],
        ['notes', 'dense', 32],
      ],
    ])
    expect(others).toEqual([{ name: '..', reason: 'it has a name that is not safe in a path' }])
    expect(asked).toEqual(['GET /collections', 'GET /collections/images', 'GET /collections/notes'])
  })

  it('of one that is gone says so', async () => {
    await expect(
      readCollection(store.qdrant, 'embeddings', toSegment('name', 'none'), signal),
    ).rejects.toMatchObject({ code: 'COLLECTION_UNKNOWN' })
  })
})
