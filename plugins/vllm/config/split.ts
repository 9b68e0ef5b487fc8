import type { Layout } from './layout.ts'

/**
 * Which heads keep so many machines from sharing a model, in words; undefined if none do. vLLM
 * refuses to start where the query heads do not split evenly, or where key heads can neither be
 * split nor repeated evenly.
 */
export function unevenHeads(
  model: { heads: number | null; layout: Layout | null },
  parts: number,
): string | undefined {
  if (model.heads !== null && model.heads % parts !== 0) return `${model.heads} heads`
  for (const group of model.layout?.groups ?? []) {
    if (!('kvHeads' in group)) continue
    if (group.kvHeads % parts !== 0 && parts % group.kvHeads !== 0) {
      return `${group.kvHeads} key heads`
    }
  }
  return undefined
}
