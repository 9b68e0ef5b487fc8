import { answer, ControlError, type Handlers } from '#core'
import type { door } from '../api.ts'
import type { Shop } from '../door.ts'
import type { Recipe } from './recipe.ts'
import type { FoundRecipe } from './recipe-book.ts'
import { describeChanges } from './recipe-changes.ts'
import { checkRecipe, mistakesFor } from './recipe-check.ts'

type RecipeRoutes = Pick<
  Handlers<typeof door>,
  | 'PUT /api/models/:key/recipe'
  | 'DELETE /api/models/:key/recipe'
  | 'POST /api/models/:key/recipe/check'
>

/** Saving and forgetting an owner's settings. Nothing on the cluster changes until the next load. */
export function recipeHandlers(shop: Shop): RecipeRoutes {
  const { kind } = shop
  return {
    'PUT /api/models/:key/recipe': {
      async plan({ params: { key }, body }) {
        await shop.catalogue.firstScan()
        const recipe = requireRecipe(shop, key, body)
        const before = shop.recipes().find(recipe.repo)
        const changes = before ? describeChanges(before.recipe, recipe) : []
        return planOnly(`Save the settings of ${recipe.title}?`, 'Save', changes, recipe)
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
        const book = shop.recipes()
        const entry = book.entries.find((candidate) => candidate.key === key)
        if (entry?.source !== 'override') {
          throw new ControlError('NOT_FOUND', `there are no saved settings for ${key}`)
        }
        return planReset(entry.recipe, book.unsaved(entry.recipe.repo))
      },
      apply(plan, { params: { key } }) {
        const { recipe } = plan as { recipe: Recipe }
        kind.recipes.reset(key)
        kind.changed('models')
        return answer(200, { key, recipe: shop.recipes().find(recipe.repo)?.recipe ?? null })
      },
    },
    'POST /api/models/:key/recipe/check': async ({ params: { key }, query, body, signal }) => {
      await shop.catalogue.firstScan()
      return answer(200, await checkRecipe(shop, { key, body, service: query.service }, signal))
    },
  }
}

function requireRecipe(shop: Shop, key: string, body: unknown): Recipe {
  const details = mistakesFor(shop, key, body)
  if (details.length === 0) return body as Recipe
  throw new ControlError(
    'VALIDATION',
    `${details.length} ${details.length === 1 ? 'field is' : 'fields are'} not right: ${details.map(({ path }) => path || 'body').join(', ')}`,
    { details },
  )
}

function planReset(saved: Recipe, after: FoundRecipe | undefined) {
  if (!after) {
    const words = [
      'None come with Spark Control, so it needs to be set up again before it can load.',
    ]
    return planOnly(`Forget the saved settings of ${saved.title}?`, 'Forget', words, saved)
  }
  const changes = describeChanges(saved, after.recipe)
  const whose = after.match
    ? [`They are those of ${after.match.repo}, which fit ${after.match.glob}.`]
    : []
  return planOnly(
    `Go back to the shipped settings of ${after.recipe.title}?`,
    'Use the shipped settings',
    [...whose, ...(changes.length > 0 ? changes : ['They say the same as yours.'])],
    saved,
  )
}

const planOnly = (title: string, confirm: string, words: string[], recipe: Recipe) => ({
  title,
  confirm,
  commands: [],
  stops: [],
  consequence: [
    ...words,
    'What is loaded stays as it is; the settings count from the next load on.',
  ].join('\n'),
  holds: [],
  last_seconds: null,
  running_requests: 0,
  recipe,
})
