import { answer, type Handlers } from '#core'
import type { door } from '../api.ts'
import type { Shop } from '../door.ts'
import { importRecipe } from './import-recipe.ts'

/** Reads a recipe file and answers what it would become. Saving it is PUT, after it was looked at. */
export const importHandler = (
  shop: Shop,
): Pick<Handlers<typeof door>, 'POST /api/models/import'> => ({
  'POST /api/models/import': async ({ body }) => {
    const imported = importRecipe(body.text)
    const now = imported.recipe && shop.recipes().find(imported.recipe.repo)
    return answer(200, { ...imported, replaces: now?.source ?? null })
  },
})
