import { DOCUMENT_KEY, TEXT_KEY } from '../documents/document.ts'
import type { ScoredPoint } from '../qdrant/shapes.ts'
import { contributions } from './contributions.ts'
import type { SearchPlan, Stage } from './plan-search.ts'
import type { SearchResult } from './request.ts'

/** Points as results, each with its rank and score at every stage. `lists` are in the plan's order. */
export function explain(
  plan: SearchPlan,
  lists: readonly (readonly ScoredPoint[])[],
  parts: readonly string[],
): SearchResult[] {
  const stagesOf = parts.includes('stages') ? readStages(plan, lists) : undefined
  return (lists[0] ?? []).map((point) => ({
    ...describe(point, parts),
    ...(stagesOf && { stages: stagesOf(String(point.id)) }),
  }))
}

type Stages = NonNullable<SearchResult['stages']>

function readStages(plan: SearchPlan, lists: readonly (readonly ScoredPoint[])[]) {
  const tables = plan.stages.map((stage, n) => ({
    stage,
    places: placesOf(plan, stage, lists[n] ?? []),
  }))
  return (id: string): Stages =>
    Object.fromEntries(
      tables.flatMap(({ stage, places }) => {
        const place = places.get(id)
        return place ? [[stage, place]] : []
      }),
    )
}

function placesOf(
  { fusion, weights, times }: SearchPlan,
  stage: Stage,
  list: readonly ScoredPoint[],
) {
  const ranks = list.map(({ id, score }) => ({ id: String(id), score }))
  const adds =
    fusion && stage !== 'fused'
      ? contributions(ranks, fusion, weights?.[stage], times[stage])
      : undefined
  return new Map(
    ranks.map(({ id, score }, n) => {
      const part = adds?.get(id)
      return [id, { rank: n + 1, score, ...(part !== undefined && { adds: part }) }]
    }),
  )
}

function describe({ id, score, payload, vector }: ScoredPoint, parts: readonly string[]) {
  const { [TEXT_KEY]: text, [DOCUMENT_KEY]: origin, ...rest } = payload ?? {}
  const { id: document, chunk } = (origin ?? {}) as { id?: unknown; chunk?: unknown }
  return {
    ...{ id, score },
    document: typeof document === 'string' ? document : null,
    chunk: typeof chunk === 'number' ? chunk : null,
    text: typeof text === 'string' ? text : null,
    ...(parts.includes('payload') && { payload: rest }),
    ...(parts.includes('vectors') && { vectors: vector ?? null }),
  }
}
