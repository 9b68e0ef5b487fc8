import type { SearchInput } from './request.ts'

/** A list of one stage, best first. */
export type Ranks = readonly { id: string; score: number }[]

/** Qdrant's constant of reciprocal rank fusion (1.19); the literature's is 60. */
const RRF_K = 2

/**
 * What one list adds to the fused score of each of its points, by Qdrant's formulas. `weight` is the
 * list's own; only ranks are weighed. It is fused so many `times`.
 */
export function contributions(
  list: Ranks,
  fusion: SearchInput['fusion'],
  weight = 1,
  times = 1,
): Map<string, number> {
  const parts = fusion === 'rrf' ? byRank(list, weight) : byDistribution(list)
  return new Map(list.map(({ id }, n) => [id, times * (parts[n] ?? 0)]))
}

const byRank = (list: Ranks, weight: number): number[] =>
  list.map((_, position) => 1 / ((position + 1) / weight + RRF_K - 1))

/** Where a score stands between mean - 3 deviations (0) and mean + 3 deviations (1). */
function byDistribution(list: Ranks): number[] {
  const mean = list.reduce((sum, { score }) => sum + score, 0) / list.length
  const squares = list.reduce((sum, { score }) => sum + (score - mean) ** 2, 0)
  const deviation = Math.sqrt(squares / (list.length - 1))
  const isFlat = list.length < 2 || list.every(({ score }) => score === list[0]?.score)
  return list.map(({ score }) => (isFlat ? 0.5 : (score - mean) / (6 * deviation) + 0.5))
}
