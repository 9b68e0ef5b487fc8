import { answer, ControlError, type OperateHandler, type Plan } from '#core'
import { DOCUMENT_ID_KEY } from '../documents/document.ts'
import { embeddingsError } from '../errors.ts'
import type { Segment } from '../qdrant/segment.ts'
import { path, toSegment } from '../qdrant/segment.ts'
import { Done, UpdateResult } from '../qdrant/shapes.ts'
import type { searchDoor } from '../search/api.ts'
import { readCollection } from './read-collections.ts'
import { holdsOf, type PickStore, type VectorStore } from './vector-store.ts'
import { DENSE, SPARSE } from './vectors.ts'
import type { CollectionInput, CollectionView } from './views.ts'

type Route = (typeof searchDoor)['PUT /api/collections/:name']

interface CreatePlan extends Plan {
  store: VectorStore
  name: Segment
  body: CreateBody
}

interface CreateBody {
  vectors: Record<string, { size: number; distance: string }>
  sparse_vectors?: Record<string, { modifier?: 'idf' }>
}

const CREATE_TIMEOUT_MS = 60_000

/** Makes a collection for the vectors of the embedding model; one that fits already is left as it is. */
export const createHandler = (pick: PickStore): OperateHandler<Route, CreatePlan> => ({
  async plan({ params, query, caller, body, signal }) {
    const store = pick(query.service, caller)
    const name = toSegment('name', params.name)
    const wanted = await describeVectors(store, body ?? {}, signal)
    const there = await readIfThere(store, name, signal)
    if (!there) return planCreate(store, name, wanted)
    checkFits(there, wanted)
    return null
  },
  async apply(plan, { params, query, caller, signal }) {
    const store = plan?.store ?? pick(query.service, caller)
    const name = toSegment('name', params.name)
    if (!plan)
      return answer(200, await readCollection(store.qdrant, store.service.id, name, signal))
    await create(plan, signal)
    store.service.changed('collections')
    return answer(201, await readCollection(store.qdrant, store.service.id, name, signal))
  },
})

async function describeVectors(
  { service, traits }: VectorStore,
  { distance = 'Cosine', sparse: wants, idf = false }: CollectionInput,
  signal: AbortSignal,
): Promise<CreateBody> {
  const { dimensions, hasSparse } = await traits(signal)
  if (wants === true && !hasSparse)
    throw embeddingsError(
      'SPARSE_MISSING',
      `The servers of ${service.id} give no sparse vectors.`,
      {
        hint: 'Leave "sparse" out, and the collection compares by meaning alone.',
      },
    )
  return {
    vectors: { [DENSE]: { size: dimensions, distance } },
    ...(hasSparse &&
      wants !== false && { sparse_vectors: { [SPARSE]: idf ? { modifier: 'idf' as const } : {} } }),
  }
}

/** Throws COLLECTION_EXISTS where a collection of this name compares otherwise. */
function checkFits({ name, dense, sparse }: CollectionView, wanted: CreateBody): void {
  const { size, distance } = wanted.vectors[DENSE] ?? {}
  const isSame =
    dense?.size === size &&
    dense?.distance === distance &&
    (sparse !== null) === (wanted.sparse_vectors !== undefined) &&
    (sparse?.is_idf ?? false) === (wanted.sparse_vectors?.[SPARSE]?.modifier === 'idf')
  if (isSame) return
  const has = `${dense ? `${dense.size} numbers (${dense.distance})` : 'no dense vectors'}${sparse ? ' and words' : ''}`
  throw embeddingsError(
    'COLLECTION_EXISTS',
    `${name} is there and compares otherwise: it has ${has}, and this would be ${size} (${distance})${wanted.sparse_vectors ? ' and words' : ''}.`,
    { hint: 'Take another name, or delete it first.' },
  )
}

function planCreate(store: VectorStore, name: Segment, body: CreateBody): CreatePlan {
  const { size } = body.vectors[DENSE] ?? {}
  return {
    ...{ store, name, body },
    title: `Make the collection “${name}”?`,
    confirm: 'Make it',
    commands: [
      {
        host: null,
        command: `PUT ${store.qdrant.origin}/collections/${name} ${JSON.stringify(body)}`,
      },
    ],
    stops: [],
    consequence: `An empty collection for texts, compared by meaning (${size} numbers each)${
      body.sparse_vectors ? ' and by words' : ' alone; the server gives no vectors of words'
    }.`,
    holds: holdsOf(store.service, name),
    last_seconds: null,
    running_requests: 0,
  }
}

async function create({ store: { qdrant }, name, body }: CreatePlan, signal: AbortSignal) {
  await qdrant.call({
    path: path`/collections/${name}`,
    ...{ method: 'PUT', body, result: Done, timeoutMs: CREATE_TIMEOUT_MS, signal },
  })
  // documents are found by it, to be replaced and deleted
  await qdrant.call({
    path: path`/collections/${name}/index?wait=true`,
    ...{ method: 'PUT', body: { field_name: DOCUMENT_ID_KEY, field_schema: 'keyword' } },
    ...{ result: UpdateResult, timeoutMs: CREATE_TIMEOUT_MS, signal },
  })
}

async function readIfThere({ qdrant, service }: VectorStore, name: Segment, signal: AbortSignal) {
  try {
    return await readCollection(qdrant, service.id, name, signal)
  } catch (thrown) {
    if (thrown instanceof ControlError && thrown.code === 'COLLECTION_UNKNOWN') return undefined
    throw thrown
  }
}
