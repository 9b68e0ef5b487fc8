import { ControlError } from '#core'

/** A document's place in the list that was sent, and how relevant it is: more is better. */
export interface Ranked {
  index: number
  relevance_score: number
}

/**
 * Reads what a reranker answers to `count` documents: TEI's list, `results` of Cohere's shape
 * (infinity, vLLM, Jina), `data` of vLLM's /score, or a plain list of numbers.
 */
export function readRanking(answer: unknown, count: number): Ranked[] {
  const list = listIn(answer)
  if (!list) throw unreadable()
  const ranked = list.map(readRanked)
  const seen = new Set(ranked.map(({ index }) => index))
  const isSound = ranked.every(
    ({ index, relevance_score }) =>
      Number.isInteger(index) && index >= 0 && index < count && Number.isFinite(relevance_score),
  )
  if (!isSound || seen.size !== ranked.length) throw unreadable()
  return ranked
}

/** Best first; what scores the same stays in the order it was sent. */
export const byRelevance = (a: Ranked, b: Ranked): number =>
  b.relevance_score - a.relevance_score || a.index - b.index

const LISTS = ['results', 'data', 'scores', 'rankings']

function listIn(answer: unknown): unknown[] | undefined {
  if (Array.isArray(answer)) return answer
  if (typeof answer === 'number') return [answer]
  if (typeof answer !== 'object' || answer === null) return undefined
  for (const name of LISTS) {
    const list = (answer as Record<string, unknown>)[name]
    if (Array.isArray(list)) return list
    if (typeof list === 'number') return [list]
  }
  return undefined
}

function readRanked(item: unknown, at: number): Ranked {
  if (typeof item === 'number') return { index: at, relevance_score: item }
  const { index, relevance_score, score } = (item ?? {}) as Record<string, unknown>
  return {
    index: typeof index === 'number' ? index : at,
    relevance_score: Number(relevance_score ?? score ?? Number.NaN),
  }
}

const unreadable = (): ControlError =>
  new ControlError(
    'UPSTREAM_FAILED',
    'The answer of the reranker holds no ranking that can be read.',
    {
      hint: 'Set rerank_server of the service in topology.yaml to what really runs there.',
    },
  )
