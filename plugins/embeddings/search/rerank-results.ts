import { asControlError } from '#core'
import type { Note, SearchResult } from './request.ts'

/** Scores of texts by how well they answer the query; `index` is the text's own. */
export type Rerank = (
  query: string,
  texts: readonly string[],
  signal: AbortSignal,
) => Promise<readonly { index: number; score: number }[]>

/**
 * Puts results in the reranker's order. What it cannot do is said, and the order stays as it was:
 * results that are a little worse are better than none.
 */
export async function rerankResults(
  rerank: Rerank | undefined,
  query: string,
  results: readonly SearchResult[],
  signal: AbortSignal,
): Promise<{ results: SearchResult[]; note?: Note }> {
  const as = [...results]
  const readable = as.filter(({ text }) => text !== null)
  if (!rerank) return { results: as, note: note('RERANK_MISSING', 'The service has no reranker.') }
  if (readable.length === 0) return { results: as }
  try {
    const scores = await rerank(
      query,
      readable.map(({ text }) => text ?? ''),
      signal,
    )
    const ranked = [...scores]
      .sort((a, b) => b.score - a.score)
      .flatMap(({ index, score }, n) => {
        const result = readable[index]
        return result ? [withRank(result, n + 1, score)] : []
      })
    // those without a text, and those it left out, come last in their old order
    const known = new Set(ranked.map(({ id }) => id))
    return { results: [...ranked, ...as.filter(({ id }) => !known.has(id))] }
  } catch (thrown) {
    signal.throwIfAborted()
    return { results: as, note: note('RERANK_FAILED', asControlError(thrown).message) }
  }
}

const note = (code: string, why: string): Note => ({
  code,
  message: `${why} The order is that of the search.`,
})

const withRank = (result: SearchResult, rank: number, score: number): SearchResult => ({
  ...result,
  score,
  ...(result.stages && { stages: { ...result.stages, rerank: { rank, score } } }),
})
