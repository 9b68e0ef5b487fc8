import { join } from 'node:path'
import type { Logger } from 'pino'
import type { LoadedKind } from '../catalog.ts'
import { createRecipes } from './file-recipes.ts'
import type { Recipes } from './recipes.ts'

/** Opens the recipes of kinds; a file that is not read costs itself alone, and is logged once. */
export function openRecipes(options: {
  dataDir: string
  log: Pick<Logger, 'warn'>
  changed(): void
}): (loaded: LoadedKind) => Recipes {
  // services of a kind have the same files
  const told = new Set<string>()
  return (loaded) => {
    const recipes = createRecipes({
      shippedDir: join(loaded.folder, 'recipes'),
      overrideDir: join(options.dataDir, 'recipes', loaded.plugin.kind),
      schema: loaded.plugin.recipe,
      changed: options.changed,
    })
    for (const problem of recipes.problems()) {
      if (!told.has(problem.file)) options.log.warn(problem, 'recipe file is not read')
      told.add(problem.file)
    }
    return recipes
  }
}
