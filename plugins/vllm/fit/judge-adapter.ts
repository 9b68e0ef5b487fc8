import type { Adapter } from '../disk/adapter.ts'
import { judgeModel, type ModelEntry, type ModelService } from '../disk/models.ts'
import type { Recipe } from '../recipe/recipe.ts'
import type { ModelState } from '../views.ts'

/** What the disks say of an adapter; undefined for a whole model. */
export const adapterOf = (entry: ModelEntry): Adapter | undefined =>
  entry.onHosts.find(({ model }) => model.adapter)?.model.adapter

/** The model an adapter is served on, if a disk has it. */
export function baseOf(entry: ModelEntry, entries: readonly ModelEntry[]): ModelEntry | undefined {
  const adapter = adapterOf(entry)
  return adapter && entries.find((other) => other.repo === adapter.base && !adapterOf(other))
}

/** Whether an adapter can be served: it and its base, on every machine the base runs on. */
export function judgeAdapter(
  entry: ModelEntry,
  adapter: Adapter,
  base: ModelEntry | undefined,
  recipe: Recipe | undefined,
  services: readonly Pick<ModelService, 'nodes' | 'manage'>[],
): { state: ModelState; reason?: string } {
  if (!base) {
    return {
      state: 'unsupported',
      reason: `is a LoRA adapter of ${adapter.base}, which is on no disk`,
    }
  }
  const { state, reason } = judgeModel(base, recipe, services)
  if (state === 'needs_setup') {
    return { state: 'unsupported', reason: `is a LoRA adapter; set ${base.repo} up first` }
  }
  if (state !== 'ready') {
    return { state, reason: `is a LoRA adapter of ${base.repo}, which ${reason ?? 'is not whole'}` }
  }
  const own = judgeModel(entry, recipe, services)
  if (own.state !== 'ready') return own
  if (foldersOf(base).length > 0 && foldersOf(entry).length > 0) {
    return {
      state: 'unsupported',
      reason: `is a LoRA adapter of ${base.repo}, and only one of the two may lie in model_dirs`,
    }
  }
  return own
}

/** Plain folders of a model; none in the HF cache. */
export const foldersOf = ({ onHosts }: ModelEntry): string[] => [
  ...new Set(onHosts.flatMap(({ model }) => model.path ?? [])),
]
