import { asControlError, type Detail } from '#core'
import { findEntry, resolveWanted } from '../disk/find-model.ts'
import type { Shop } from '../door.ts'
import { lookForPlan } from '../swap/plan-state.ts'
import { planSwap } from '../swap/swap-plan.ts'
import type { RecipeCheckView } from '../views.ts'
import { isRepo, keyOf } from './patterns.ts'
import { type Recipe, recipeMistakes } from './recipe.ts'

/** Every mistake of settings that are to be saved under a key; throws MODEL_NOT_FOUND for a key nobody knows. */
export function mistakesFor(shop: Shop, key: string, body: unknown): Detail[] {
  const repo = repoFor(shop, key, body)
  const details = recipeMistakes(body)
  const given = (body as { repo?: unknown } | null)?.repo
  if (given === repo || details.some(({ path }) => path === 'repo' || path === '')) return details
  return [...details, { path: 'repo', message: `must be "${repo}"` }]
}

/** What loading a model with settings that are not saved yet would run: the plan of the swap itself. */
export async function checkRecipe(
  shop: Shop,
  asked: { key: string; body: unknown; service: string | undefined },
  signal: AbortSignal,
): Promise<RecipeCheckView> {
  const details = mistakesFor(shop, asked.key, asked.body)
  if (details.length > 0) return { details, commands: [], not_shown: null }
  const recipe = asked.body as Recipe
  try {
    const { service, wanted } = await resolveWanted(shop, recipe.repo, asked.service, recipe)
    const { commands } = planSwap(await lookForPlan(service, 0, signal), wanted)
    return { details, commands, not_shown: null }
  } catch (thrown) {
    // settings may be good though nothing can be loaded with them just now
    return { details, commands: [], not_shown: asControlError(thrown).message }
  }
}

/** The repo a key stands for: of a recipe, on a disk, or of settings that come before the download. */
function repoFor(shop: Shop, key: string, body: unknown): string {
  const known = shop.recipes().entries.find((entry) => entry.key === key)
  if (known) return known.recipe.repo
  const given = (body as { repo?: unknown } | null)?.repo
  const isOnDisk = shop.catalogue.scans().some(({ models }) => models.some((m) => m.key === key))
  if (!isOnDisk && typeof given === 'string' && isRepo(given) && keyOf(given) === key) return given
  return findEntry(shop, key).repo
}
