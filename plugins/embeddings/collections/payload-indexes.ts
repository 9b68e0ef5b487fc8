import { answer, type OperateHandler, type Plan } from '#core'
import { embeddingsError } from '../errors.ts'
import { path, type Segment, toSegment } from '../qdrant/segment.ts'
import { UpdateResult } from '../qdrant/shapes.ts'
import type { searchDoor } from '../search/api.ts'
import { readCollection } from './read-collections.ts'
import { holdsOf, type PickStore, type VectorStore } from './vector-store.ts'

type Put = (typeof searchDoor)['PUT /api/collections/:name/indexes/:field']
type Delete = (typeof searchDoor)['DELETE /api/collections/:name/indexes/:field']

interface IndexPlan extends Plan {
  store: VectorStore
  name: Segment
  field: Segment
}

/** Building one over many points takes Qdrant a while. */
const INDEX_TIMEOUT_MS = 5 * 60_000

/** Makes an index over a payload field, so that filters by it are quick. */
export const putIndexHandler = (pick: PickStore): OperateHandler<Put, IndexPlan> => ({
  async plan({ params, query, caller, body, signal }) {
    const store = pick(query.service, caller)
    const name = toSegment('name', params.name)
    const field = toSegment('field', params.field)
    const { indexes } = await readCollection(store.qdrant, store.service.id, name, signal)
    const known = indexes.find((index) => index.field === field)
    if (known?.type === body.type) return null
    if (known)
      throw embeddingsError(
        'COLLECTION_EXISTS',
        `${name} has an index of type ${known.type} over ${field}.`,
        {
          hint: 'Delete that index first.',
        },
      )
    return {
      ...{ store, name, field },
      title: `Make an index over “${field}”?`,
      confirm: 'Make it',
      commands: [
        {
          host: null,
          command: `PUT ${store.qdrant.origin}/collections/${name}/index ${JSON.stringify({ field_name: field, field_schema: body.type })}`,
        },
      ],
      consequence: `Filters by ${field} become quick. The index takes memory of Qdrant.`,
      ...{
        stops: [],
        holds: holdsOf(store.service, name),
        last_seconds: null,
        running_requests: 0,
      },
    }
  },
  async apply(plan, { params, query, caller, body, signal }) {
    const store = plan?.store ?? pick(query.service, caller)
    const name = toSegment('name', params.name)
    if (plan)
      await store.qdrant.call({
        path: path`/collections/${name}/index?wait=true`,
        ...{ method: 'PUT', body: { field_name: plan.field, field_schema: body.type } },
        ...{ result: UpdateResult, timeoutMs: INDEX_TIMEOUT_MS, signal },
      })
    return answer(200, await readCollection(store.qdrant, store.service.id, name, signal))
  },
})

/** Takes an index away; the payload stays. */
export const deleteIndexHandler = (pick: PickStore): OperateHandler<Delete, IndexPlan> => ({
  async plan({ params, query, caller, signal }) {
    const store = pick(query.service, caller)
    const name = toSegment('name', params.name)
    const field = toSegment('field', params.field)
    const { indexes } = await readCollection(store.qdrant, store.service.id, name, signal)
    if (!indexes.some((index) => index.field === field)) return null
    return {
      ...{ store, name, field },
      title: `Delete the index over “${field}”?`,
      confirm: 'Delete it',
      commands: [
        { host: null, command: `DELETE ${store.qdrant.origin}/collections/${name}/index/${field}` },
      ],
      consequence: `Filters by ${field} still work, only slower. No document is touched.`,
      ...{
        stops: [],
        holds: holdsOf(store.service, name),
        last_seconds: null,
        running_requests: 0,
      },
    }
  },
  async apply(plan, { params, query, caller, signal }) {
    const store = plan?.store ?? pick(query.service, caller)
    const name = toSegment('name', params.name)
    if (plan)
      await store.qdrant.call({
        path: path`/collections/${name}/index/${plan.field}?wait=true`,
        ...{ method: 'DELETE', result: UpdateResult, timeoutMs: INDEX_TIMEOUT_MS, signal },
      })
    return answer(200, await readCollection(store.qdrant, store.service.id, name, signal))
  },
})
