import type { Clock } from '#core'
import { readVectors } from '../collections/vectors.ts'
import type { Embedded } from '../documents/document.ts'
import { checkSize } from '../documents/write-documents.ts'
import { parseFilter } from '../qdrant/parse-filter.ts'
import type { Qdrant } from '../qdrant/qdrant.ts'
import { path, toSegment } from '../qdrant/segment.ts'
import { CollectionInfo, QueryResults } from '../qdrant/shapes.ts'
import { explain } from './explain.ts'
import { namesIn } from './names-in.ts'
import { planSearch } from './plan-search.ts'
import type { SearchInput, SearchView } from './request.ts'
import { type Rerank, rerankResults } from './rerank-results.ts'

export interface SearchParts {
  service: string
  qdrant: Qdrant
  clock: Clock
  embed(texts: readonly string[], signal: AbortSignal): Promise<Embedded[]>
  rerank: Rerank
}

/** Embeds the query, asks Qdrant, lets the reranker sort; says what could not be done. */
export async function runSearch(
  parts: SearchParts,
  input: SearchInput,
  signal: AbortSignal,
): Promise<SearchView> {
  const { qdrant, clock } = parts
  const collection = toSegment('collection', input.collection)
  const filter = input.filter && parseFilter(input.filter)
  const startedAt = clock.now()
  // both at once: neither needs the other
  const [info, [embedded]] = await Promise.all([
    qdrant.call({ path: path`/collections/${collection}`, result: CollectionInfo, signal }),
    parts.embed([input.query], signal),
  ])
  if (!embedded) throw new Error('no vector for the query')
  const vectors = readVectors(info)
  checkSize(vectors, embedded.dense.length, collection)
  const names = input.names ? namesIn(input.query) : []
  const plan = planSearch({
    ...{ ...input, vectors, embedded, isNaming: names.length > 0 },
    ...(filter && { filter }),
  })
  const embeddedAt = clock.now()
  const answers = await qdrant.call({
    path: path`/collections/${collection}/points/query/batch`,
    ...{ method: 'POST', body: { searches: plan.searches } },
    ...{ result: QueryResults, signal },
  })
  const found = explain(
    plan,
    answers.map(({ points }) => points),
    input.with,
  )
  const searchedAt = clock.now()
  const { results, note } = input.rerank
    ? await rerankResults(parts.rerank, input.query, found, signal)
    : { results: found }
  return {
    ...{ service: parts.service, collection, mode: plan.mode, fusion: plan.fusion },
    is_reranked: input.rerank && !note,
    notes: note ? [...plan.notes, note] : plan.notes,
    names: plan.mode === 'hybrid' ? names : [],
    took_ms: {
      embed: embeddedAt - startedAt,
      search: searchedAt - embeddedAt,
      rerank: input.rerank ? clock.now() - searchedAt : null,
    },
    results: results.slice(0, input.limit),
  }
}
