import { answer, ControlError, type OperateHandler, type Plan } from '#core'
import { readCollection } from '../collections/read-collections.ts'
import { holdsOf, type PickStore, type VectorStore } from '../collections/vector-store.ts'
import type { Filter } from '../qdrant/filter.ts'
import { parseFilter } from '../qdrant/parse-filter.ts'
import { isPointId } from '../qdrant/point-id.ts'
import { path, type Segment, toSegment } from '../qdrant/segment.ts'
import { Count, UpdateResult } from '../qdrant/shapes.ts'
import type { searchDoor } from '../search/api.ts'
import { DOCUMENT_ID_KEY } from './document.ts'

type Route = (typeof searchDoor)['DELETE /api/collections/:name/documents']

interface DeletePlan extends Plan {
  store: VectorStore
  name: Segment
  filter: Filter
  points: number
}

/** Deletes documents by their ids or by a filter; nothing to delete is no error. */
export const deleteDocumentsHandler = (pick: PickStore): OperateHandler<Route, DeletePlan> => ({
  async plan({ params, query, caller, body, signal }) {
    const store = pick(query.service, caller)
    const name = toSegment('name', params.name)
    const filter = filterOf(body)
    const points = await count(store, name, filter, signal)
    if (points === 0) return null
    const chunks = points === 1 ? '1 chunk' : `${points.toLocaleString('en-US')} chunks`
    return {
      ...{ store, name, filter, points },
      title: `Delete ${chunks} from “${name}”?`,
      confirm: 'Delete them',
      commands: [
        {
          host: null,
          command: `POST ${store.qdrant.origin}/collections/${name}/points/delete ${JSON.stringify({ filter })}`,
        },
      ],
      stops: [],
      consequence: `${chunks} of the collection are deleted; the others stay.`,
      irreversible: 'They can only be loaded again.',
      ...{ holds: holdsOf(store.service, name), last_seconds: null, running_requests: 0 },
    }
  },
  async apply(plan, { params, query, caller, signal }) {
    const name = toSegment('name', params.name)
    if (!plan) {
      const store = pick(query.service, caller)
      const { points } = await readCollection(store.qdrant, store.service.id, name, signal)
      return answer(200, { deleted_points: 0, points })
    }
    const { store, filter } = plan
    await store.qdrant.call({
      path: path`/collections/${name}/points/delete?wait=true`,
      ...{ method: 'POST', body: { filter }, result: UpdateResult, timeoutMs: 60_000, signal },
    })
    store.service.changed('collections')
    const { points } = await readCollection(store.qdrant, store.service.id, name, signal)
    return answer(200, { deleted_points: plan.points, points })
  },
})

/** Documents by the ids they were loaded under, and points of others by theirs. */
function filterOf({ ids, filter }: { ids?: (string | number)[]; filter?: unknown }): Filter {
  if ((ids === undefined) === (filter === undefined)) throw refuse('give "ids" or "filter"')
  if (ids)
    return {
      should: [
        { key: DOCUMENT_ID_KEY, match: { any: ids.map(String) } },
        { has_id: ids.filter(isPointId) },
      ],
    }
  const parsed = parseFilter(filter)
  const parts = [parsed.must, parsed.should, parsed.must_not, parsed.min_should?.conditions]
  if (parts.every((part) => !part || part.length === 0))
    throw refuse('"filter" is empty, which would be every document; delete the collection instead')
  return parsed
}

const refuse = (message: string): ControlError =>
  new ControlError('VALIDATION', message, { details: [{ path: 'body', message }] })

async function count(
  { qdrant }: VectorStore,
  name: Segment,
  filter: Filter,
  signal: AbortSignal,
): Promise<number> {
  const answered = await qdrant.call({
    path: path`/collections/${name}/points/count`,
    ...{ method: 'POST', body: { filter, exact: true }, result: Count, signal },
  })
  return answered.count
}
