import { answer, ControlError, type OperateHandler, type Plan, type Service } from '#core'
import { embeddingsError } from '../errors.ts'
import { path, type Segment, toSegment } from '../qdrant/segment.ts'
import { Done } from '../qdrant/shapes.ts'
import type { searchDoor } from '../search/api.ts'
import { readCollection } from './read-collections.ts'
import { holdsOf, type PickStore, type VectorStore } from './vector-store.ts'

type Route = (typeof searchDoor)['DELETE /api/collections/:name']

interface DeletePlan extends Plan {
  store: VectorStore
  name: Segment
}

/** Deletes a collection with all it holds, once its name was typed again. */
export const deleteHandler = (pick: PickStore): OperateHandler<Route, DeletePlan> => ({
  async plan({ params, query, caller, signal }) {
    const store = pick(query.service, caller)
    const name = toSegment('name', params.name)
    const { points } = await readCollection(store.qdrant, store.service.id, name, signal)
    const count = points === null ? 'its chunks' : `${points.toLocaleString('en-US')} chunks`
    return {
      ...{ store, name },
      title: `Delete the collection “${name}”?`,
      confirm: 'Delete it',
      commands: [{ host: null, command: `DELETE ${store.qdrant.origin}/collections/${name}` }],
      stops: [],
      consequence: `“${name}” is deleted with ${count}. Whoever searches it gets an error.`,
      irreversible:
        'Nothing of it can be brought back; the documents would have to be loaded again.',
      holds: holdsOf(store.service, name),
      last_seconds: null,
      running_requests: 0,
    }
  },
  async apply(plan, { query, signal }) {
    if (!plan) throw new Error('a delete always has a plan')
    const { store, name } = plan
    if (query.confirm !== name)
      throw embeddingsError(
        'CONFIRM_MISSING',
        `“${name}” is deleted only if its name is given again.`,
        {
          hint: `Send ?confirm=${name}.`,
        },
      )
    refuseDuringLoad(store.service, name)
    await store.qdrant.call({
      path: path`/collections/${name}`,
      ...{ method: 'DELETE', result: Done, timeoutMs: 60_000, signal },
    })
    store.service.changed('collections')
    return answer(200, { name, is_deleted: true })
  },
})

/** Throws JOB_RUNNING while documents are being loaded into the collection. */
function refuseDuringLoad({ jobs }: Pick<Service, 'jobs'>, collection: string): void {
  const load = jobs
    .active()
    .find(({ input }) => (input as { collection?: unknown }).collection === collection)
  if (!load) return
  throw new ControlError('JOB_RUNNING', `“${load.title}” is running.`, {
    hint: 'Wait until it has ended, or cancel it.',
    holder: { job: load.id, title: load.title },
    retryAfterS: 10,
  })
}
