import type { Recipe } from '../../recipe/recipe.ts'
import type { ModelsView, ModelView } from '../../views.ts'

const AT = '2026-03-03T12:00:00.000Z'

export const aRecipe = (more: Partial<Recipe> = {}): Recipe => ({
  title: 'Gemma 4 26B',
  repo: 'org/gemma-4',
  tensor_parallel: 1,
  nodes: 1,
  gpu_memory_utilization: 0.7,
  ...more,
})

export const aModel = (more: Partial<ModelView> = {}): ModelView => ({
  key: 'org--gemma-4',
  repo: 'org/gemma-4',
  source: 'hf-cache',
  state: 'ready',
  mode: 'solo',
  capabilities: ['chat', 'tools'],
  recipe: aRecipe(),
  recipe_source: 'shipped',
  recipe_match: null,
  hosts: [
    {
      host: 'spark-1',
      state: 'ready',
      size_bytes: 16_900_000_000,
      weight_bytes: 16_000_000_000,
      last_used_at: AT,
      stale: false,
      scanned_at: AT,
    },
  ],
  running: [],
  last_load_seconds: 230,
  last_loaded_at: AT,
  ...more,
})

export const aView = (models: ModelView[], more: Partial<ModelsView> = {}): ModelsView => ({
  models,
  recipes: [],
  scanned_at: AT,
  errors: [],
  ...more,
})
