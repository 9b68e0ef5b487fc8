import { answer, ControlError, type Handlers } from '#core'
import type { door } from './api.ts'
import type { Shop } from './door.ts'
import { findEntry } from './find-model.ts'
import { type Recipe, recipeMistakes } from './recipe.ts'

type RecipeRoutes = Pick<
  Handlers<typeof door>,
  'PUT /api/models/:key/recipe' | 'DELETE /api/models/:key/recipe'
>

/** Saving and forgetting an owner's settings. Nothing on the cluster changes until the next load. */
export function recipeHandlers(shop: Shop): RecipeRoutes {
  const { kind } = shop
  return {
    'PUT /api/models/:key/recipe': {
      async plan({ params: { key }, body }) {
        await shop.catalogue.firstScan()
        const recipe = requireRecipe(body)
        const repo = repoFor(shop, key)
        if (recipe.repo !== repo) {
          throw new ControlError('VALIDATION', `the settings are for ${recipe.repo}, not ${repo}`, {
            details: [{ path: 'repo', message: `must be "${repo}"` }],
          })
        }
        return planOnly(`Save the settings of ${recipe.title}?`, 'Save', recipe)
      },
      apply(plan, { params: { key } }) {
        const { recipe } = plan as { recipe: Recipe }
        kind.recipes.save(key, recipe)
        kind.changed('models')
        return answer(200, { key, recipe })
      },
    },
    'DELETE /api/models/:key/recipe': {
      plan: ({ params: { key } }) => {
        const entry = shop.recipes().entries.find((candidate) => candidate.key === key)
        if (entry?.source !== 'override') {
          throw new ControlError('NOT_FOUND', `there are no saved settings for ${key}`)
        }
        return planOnly(
          `Forget the saved settings of ${entry.recipe.title}?`,
          'Forget',
          entry.recipe,
        )
      },
      apply(plan, { params: { key } }) {
        const { recipe } = plan as { recipe: Recipe }
        kind.recipes.reset(key)
        kind.changed('models')
        return answer(200, { key, recipe: shop.recipes().find(recipe.repo)?.recipe ?? null })
      },
    },
  }
}

function requireRecipe(body: unknown): Recipe {
  const details = recipeMistakes(body)
  if (details.length === 0) return body as Recipe
  throw new ControlError(
    'VALIDATION',
    `${details.length} ${details.length === 1 ? 'field is' : 'fields are'} not right: ${details.map(({ path }) => path || 'body').join(', ')}`,
    { details },
  )
}

/** The repo a key stands for: on a disk, or of a shipped recipe. */
function repoFor(shop: Shop, key: string): string {
  const shipped = shop.recipes().entries.find((entry) => entry.key === key)
  if (shipped) return shipped.recipe.repo
  return findEntry(shop, key).repo
}

const planOnly = (title: string, confirm: string, recipe: Recipe) => ({
  title,
  confirm,
  commands: [],
  stops: [],
  consequence: 'What is loaded stays as it is; the settings count from the next load on.',
  holds: [],
  last_seconds: null,
  running_requests: 0,
  recipe,
})
