/** A recipe file of the kind, or the operator's override of it. */
export interface RecipeEntry<R = Record<string, unknown>> {
  /** File name without .yaml; for models the repo id with `/` as `--`. */
  key: string
  source: RecipeSource
  recipe: R
}

export type RecipeSource = 'shipped' | 'override'

/**
 * recipes/*.yaml of a kind ∪ overrides in data/recipes/<kind>/; an override wins whole. With a
 * `source` only that half is read, so that what an override covers can still be seen.
 */
export interface Recipes {
  list<R = Record<string, unknown>>(source?: RecipeSource): RecipeEntry<R>[]
  find<R = Record<string, unknown>>(key: string, source?: RecipeSource): RecipeEntry<R> | undefined
  /** Validates (VALIDATION lists every bad field) and writes atomically. */
  save(key: string, recipe: unknown): void
  /** Removes the override, so that the shipped one counts again. */
  reset(key: string): void
}
