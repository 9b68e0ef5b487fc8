import { answer, type Handlers, type Kind } from '#core'
import { createHandler } from '../collections/create-collection.ts'
import { deleteHandler } from '../collections/delete-collection.ts'
import { deleteIndexHandler, putIndexHandler } from '../collections/payload-indexes.ts'
import { listCollections, readCollection } from '../collections/read-collections.ts'
import { createPickStore, type VectorStore } from '../collections/vector-store.ts'
import { addDocumentsHandler } from '../documents/add-documents.ts'
import { deleteDocumentsHandler } from '../documents/delete-documents.ts'
import { toSegment } from '../qdrant/segment.ts'
import { reranker } from '../rerank/reranker.ts'
import type { Settings } from '../settings.ts'
import type { searchDoor } from './api.ts'
import type { Rerank } from './rerank-results.ts'
import { runSearch } from './run-search.ts'

/** Handlers of search and its collections. */
export function openSearch(kind: Kind<Settings>): Handlers<typeof searchDoor> {
  const pick = createPickStore(kind)
  return {
    'POST /api/search': async ({ body, caller, signal }) => {
      const store = pick(body.service, caller)
      return answer(200, await runSearch(searchPartsOf(store), body, signal))
    },
    'GET /api/collections': async ({ query, caller, signal }) => {
      const { qdrant, service } = pick(query.service, caller)
      return answer(200, await listCollections(qdrant, service.id, signal))
    },
    'GET /api/collections/:name': async ({ params, query, caller, signal }) => {
      const { qdrant, service } = pick(query.service, caller)
      const name = toSegment('name', params.name)
      return answer(200, await readCollection(qdrant, service.id, name, signal))
    },
    'PUT /api/collections/:name': createHandler(pick),
    'DELETE /api/collections/:name': deleteHandler(pick),
    'POST /api/collections/:name/documents': addDocumentsHandler(pick),
    'DELETE /api/collections/:name/documents': deleteDocumentsHandler(pick),
    'PUT /api/collections/:name/indexes/:field': putIndexHandler(pick),
    'DELETE /api/collections/:name/indexes/:field': deleteIndexHandler(pick),
  }
}

function searchPartsOf({ service, qdrant, embed }: VectorStore) {
  const rerank: Rerank = async (query, texts, signal) => {
    const found = await reranker(service, signal)
    if (!found) return null
    const ranked = await found.rerank(query, texts, null, signal)
    return ranked.map(({ index, relevance_score }) => ({ index, score: relevance_score }))
  }
  return { service: service.id, clock: service.clock, qdrant, rerank, embed }
}
