/** One result of a list: a point and its score there. */
export interface Ranked {
  id: string
  score: number
}

const f32 = Math.fround

/**
 * Reciprocal rank fusion as Qdrant 1.19 does it (lib/segment/src/common/reciprocal_rank_fusion.rs):
 * `1 / ((position + 1) / weight + k - 1)`, positions from 0, k = 2 unless given, in 32-bit floats.
 */
export function fuseByRank(
  lists: readonly (readonly Ranked[])[],
  k = 2,
  weights?: readonly number[],
): Ranked[] {
  const sums = new Map<string, number>()
  for (const [n, list] of lists.entries())
    for (const [position, { id }] of list.entries())
      add(sums, id, positionScore(position, k, weights?.[n] ?? 1))
  return sorted(sums)
}

/**
 * Distribution-based score fusion as Qdrant 1.19 does it (lib/segment/src/common/score_fusion.rs):
 * each list is scaled so that mean - 3 deviations is 0 and mean + 3 is 1; the sums count.
 */
export function fuseByDistribution(lists: readonly (readonly Ranked[])[]): Ranked[] {
  const sums = new Map<string, number>()
  for (const list of lists)
    for (const { id, score } of scaleByDistribution(list)) add(sums, id, score)
  return sorted(sums)
}

function positionScore(position: number, k: number, weight: number): number {
  return weight <= 0 ? 0 : f32(1 / f32(f32(f32(position + 1) / f32(weight)) + k - 1))
}

function scaleByDistribution(list: readonly Ranked[]): Ranked[] {
  if (list.length < 2) return list.map(({ id }) => ({ id, score: 0.5 }))
  let mean = 0
  let squares = 0
  for (const [n, { score }] of list.entries()) {
    const before = f32(score - mean)
    mean = f32(mean + f32(before / (n + 1)))
    squares = f32(squares + f32(before * f32(score - mean)))
  }
  const deviation = f32(Math.sqrt(f32(squares / (list.length - 1))))
  const low = f32(mean - f32(3 * deviation))
  const high = f32(mean + f32(3 * deviation))
  if (low === high) return list.map(({ id }) => ({ id, score: 0.5 }))
  const span = f32(high - low)
  return list.map(({ id, score }) => ({ id, score: f32(f32(score - low) / span) }))
}

const add = (sums: Map<string, number>, id: string, score: number): void =>
  void sums.set(id, f32((sums.get(id) ?? 0) + score))

/** Best first; the order of equals is nobody's promise, in Qdrant neither. */
const sorted = (sums: Map<string, number>): Ranked[] =>
  [...sums].map(([id, score]) => ({ id, score })).sort((a, b) => b.score - a.score)
