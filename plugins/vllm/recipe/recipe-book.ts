import type { RecipeEntry, RecipeSource, Recipes } from '#core'
import { beyondGlob, fitsGlob, fixedLength } from './glob.ts'
import { titleOf } from './infer.ts'
import type { Recipe } from './recipe.ts'

/** The recipe that counts for a repo. */
export interface FoundRecipe {
  /** Made out to the repo that was asked for. */
  recipe: Recipe
  source: RecipeSource
  /** The recipe of another repo whose pattern fits; null where the recipe is this repo's own. */
  match: { repo: string; glob: string } | null
}

/** All recipes, asked by repo. */
export interface RecipeBook {
  /** One a key, sorted; a saved one in place of the shipped one of its key. */
  entries: readonly RecipeEntry<Recipe>[]
  find(repo: string): FoundRecipe | undefined
  /** What would count if nothing had been saved for this repo. */
  unsaved(repo: string): FoundRecipe | undefined
}

/** Reads the recipes as they are now. */
export const openBook = (recipes: Recipes): RecipeBook =>
  createBook([...recipes.list<Recipe>('override'), ...recipes.list<Recipe>('shipped')])

/** What a repo is called: its recipe's title, else what its name says. */
export const titleIn = (recipes: Recipes, repo: string): string =>
  openBook(recipes).find(repo)?.recipe.title ?? titleOf(repo)

/**
 * A saved recipe wins for its own repo, then a shipped one for its own repo, then the pattern that
 * names the most characters; of equals the saved one, then the first by name. A saved recipe covers
 * the shipped one of its repo, not the patterns that one carries for others.
 */
export function createBook(all: readonly RecipeEntry<Recipe>[]): RecipeBook {
  const order = (entry: RecipeEntry<Recipe>) => (entry.source === 'override' ? 0 : 1)
  const sorted = all.toSorted((a, b) => order(a) - order(b) || (a.key < b.key ? -1 : 1))
  const globs = sorted
    .flatMap((entry) => (entry.recipe.match ?? []).map((glob) => ({ entry, glob })))
    .toSorted((a, b) => fixedLength(b.glob) - fixedLength(a.glob))

  const search = (repo: string, counts: (entry: RecipeEntry<Recipe>) => boolean) => {
    const own = sorted.find((entry) => entry.recipe.repo === repo && counts(entry))
    if (own) return found(own, own.recipe, null)
    const near = globs.find(({ entry, glob }) => counts(entry) && fitsGlob(glob, repo))
    return near && found(near.entry, madeOutTo(repo, near.entry.recipe, near.glob), near.glob)
  }
  const byKey = new Map(sorted.toReversed().map((entry) => [entry.key, entry]))
  return {
    entries: [...byKey.values()].toSorted((a, b) => (a.key < b.key ? -1 : 1)),
    find: (repo) => search(repo, () => true),
    unsaved: (repo) =>
      search(repo, ({ source, recipe }) => source !== 'override' || recipe.repo !== repo),
  }
}

/** Patterns are the file's, not the model's; only the owner's own stay, to be edited with the rest. */
function found(
  { source, recipe: { repo, match } }: RecipeEntry<Recipe>,
  { match: _, ...recipe }: Recipe,
  glob: string | null,
): FoundRecipe {
  if (glob !== null) return { recipe, source, match: { repo, glob } }
  return {
    recipe: source === 'override' && match ? { ...recipe, match } : recipe,
    source,
    match: null,
  }
}

/** Two models of one family are told apart by what their names say beyond the family's. */
function madeOutTo(repo: string, recipe: Recipe, glob: string): Recipe {
  const known = recipe.title.toLowerCase().split(/[\s._-]+/)
  const words = beyondGlob(glob, repo)
    .split(/[._-]+/)
    .filter((word) => word !== '' && !known.includes(word.toLowerCase()))
  const { names: _, ...rest } = recipe
  return { ...rest, repo, title: [recipe.title, ...words].join(' ').slice(0, 120) }
}
