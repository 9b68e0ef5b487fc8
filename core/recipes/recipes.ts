/** A recipe file of the kind, or the operator's override of it. */
export interface RecipeEntry<R = Record<string, unknown>> {
  /** File name without .yaml; for models the repo id with `/` as `--`. */
  key: string
  source: 'shipped' | 'override'
  recipe: R
}

/** recipes/*.yaml of a kind ∪ overrides in data/recipes/<kind>/; an override wins whole. */
export interface Recipes {
  list<R = Record<string, unknown>>(): RecipeEntry<R>[]
  find<R = Record<string, unknown>>(key: string): RecipeEntry<R> | undefined
  /** Validates (VALIDATION lists every bad field) and writes atomically. */
  save(key: string, recipe: unknown): void
  /** Removes the override, so that the shipped one counts again. */
  reset(key: string): void
}
