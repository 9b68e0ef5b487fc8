import { asControlError } from '#core'
import type { Note, SearchResult } from './request.ts'

/** Scores of texts by how well they answer the query; `index` is the text's own; null: there is no reranker. */
export type Rerank = (
  query: string,
  texts: readonly string[],
  signal: AbortSignal,
) => Promise<readonly { index: number; score: number }[] | null>

/**
 * Puts results in the reranker's order. What it cannot do is said, and the order stays as it was:
 * results that are a little worse are better than none.
 */
export async function rerankResults(
  rerank: Rerank,
  query: string,
  results: readonly SearchResult[],
  signal: AbortSignal,
): Promise<{ results: SearchResult[]; note?: Note }> {
  const asTheyWere = [...results]
  const readable = results.filter(({ text }) => text !== null)
  if (readable.length === 0) return { results: asTheyWere }
  try {
    const scores = await rerank(
      query,
      readable.map(({ text }) => text ?? ''),
      signal,
    )
    if (!scores)
      return { results: asTheyWere, note: note('RERANKER_MISSING', 'The service has no reranker.') }
    const ranked = [...scores]
      .sort((a, b) => b.score - a.score)
      .flatMap(({ index, score }, n) => {
        const result = readable[index]
        return result ? [withRank(result, n + 1, score)] : []
      })
    // those without a text, and those it left out, come last in their old order
    const known = new Set(ranked.map(({ id }) => id))
    return { results: [...ranked, ...results.filter(({ id }) => !known.has(id))] }
  } catch (thrown) {
    signal.throwIfAborted()
    return { results: asTheyWere, note: note('RERANK_FAILED', asControlError(thrown).message) }
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
