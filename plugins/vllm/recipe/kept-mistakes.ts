import type { Detail } from '#core'
import { keyOf } from './patterns.ts'
import { type Recipe, recipeMistakes } from './recipe.ts'

/** What is wrong with a recipe that is to be kept under a key, beyond its shape: flags, machines, repo. */
export function keptMistakes(recipe: unknown, key: string): Detail[] {
  const details = recipeMistakes(recipe)
  const { repo } = recipe as Partial<Recipe>
  if (typeof repo !== 'string' || keyOf(repo) === key) return details
  return [...details, { path: 'repo', message: `is "${repo}", whose file is ${keyOf(repo)}.yaml` }]
}
