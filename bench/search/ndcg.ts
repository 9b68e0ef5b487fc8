/**
 * nDCG@10 with answers that are right or not (Järvelin and Kekäläinen 2002): what is found counts
 * 1/log2(rank + 1), over what a perfect list would have.
 */
export function ndcgAt10(found: readonly string[], right: ReadonlySet<string>): number {
  const gain = (ranks: readonly number[]) =>
    ranks.reduce((sum, rank) => sum + 1 / Math.log2(rank + 1), 0)
  const hits = found.slice(0, 10).flatMap((id, n) => (right.has(id) ? [n + 1] : []))
  const ideal = Array.from({ length: Math.min(10, right.size) }, (_, n) => n + 1)
  return ideal.length === 0 ? 0 : gain(hits) / gain(ideal)
}
