import { ControlError, type Service } from '#core'
import { USUAL_BATCH } from '../embed/embedder.ts'
import { type Found, modelFor } from '../servers/found.ts'
import { inBatches } from '../servers/in-batches.ts'
import { forget, foundAt, hasServer, type Role, serverOf } from '../servers/known.ts'
import type { Settings } from '../settings.ts'
import { askReranker } from './ask-reranker.ts'
import { byRelevance, type Ranked } from './read-ranking.ts'

export type { Ranked } from './read-ranking.ts'

/** Judges how well documents answer a query. */
export interface Reranker {
  /** Its model; null: the server does not say. */
  readonly model: string | null
  /** The `topN` best of the documents, best first; null: all. `index` is the place in `documents`. */
  rerank(
    query: string,
    documents: readonly string[],
    topN: number | null,
    signal: AbortSignal,
  ): Promise<Ranked[]>
}

/**
 * The reranker of a service: the server under `rerank`, else the embeddings server where it says that
 * it reranks, too; undefined: there is none. Rejects where the server cannot be reached.
 */
export async function reranker(
  service: Service<Settings>,
  signal: AbortSignal,
): Promise<Reranker | undefined> {
  const role: Role = hasServer(service, 'rerank') ? 'rerank' : 'main'
  const server = await serverOf(service, role, signal)
  if (role === 'main' && !doesRerank(server.found)) return undefined
  const { settings, clock } = service
  const size = server.found.maxBatch ?? settings.max_batch ?? USUAL_BATCH
  const limits = { size, parallel: settings.parallel, clock }
  return {
    model: modelFor(server.found, 'rerank') ?? null,
    async rerank(query, documents, topN, until) {
      try {
        const scores = await inBatches(
          documents,
          limits,
          async (batch, inner) => inOrder(await askReranker(server, query, batch, inner), batch),
          until,
        )
        return scores
          .map((relevance_score, index) => ({ index, relevance_score }))
          .sort(byRelevance)
          .slice(0, topN ?? documents.length)
      } catch (thrown) {
        if (thrown instanceof ControlError && thrown.code === 'EMBEDDINGS_SERVER_CHANGED')
          forget(service, role)
        throw thrown
      }
    },
  }
}

/** Whether the service can rerank, as far as was seen. */
export function canRerank(service: Service<Settings>): boolean {
  if (hasServer(service, 'rerank')) return true
  const found = foundAt(service, 'main')
  return found !== undefined && doesRerank(found)
}

const doesRerank = ({ models, rerankDoor }: Found): boolean =>
  rerankDoor !== undefined || models.some(({ can }) => can.includes('rerank'))

const inOrder = (ranked: Ranked[], batch: readonly string[]): number[] => {
  const scores = new Array<number>(batch.length)
  for (const { index, relevance_score } of ranked) scores[index] = relevance_score
  if (ranked.length === batch.length) return scores
  throw new ControlError(
    'UPSTREAM_FAILED',
    `The reranker judged ${ranked.length} of ${batch.length} documents.`,
  )
}
