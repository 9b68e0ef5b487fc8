import type { Layout } from './layout.ts'

/**
 * Whether so many machines can share a model. vLLM refuses to start where the query heads do not
 * split evenly, or where key heads can neither be split nor repeated evenly.
 */
export function canSplit(
  model: { heads: number | null; layout: Layout | null },
  parts: number,
): boolean {
  if (model.heads !== null && model.heads % parts !== 0) return false
  return (model.layout?.groups ?? []).every(
    (group) => !('kvHeads' in group) || group.kvHeads % parts === 0 || parts % group.kvHeads === 0,
  )
}
