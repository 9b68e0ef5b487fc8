import type { Recipe } from '../recipe/recipe.ts'

/** Settings as lines to be read, lists and tables indented: what a recipe file of this kind holds. */
export function settingsText(recipe: Recipe): string {
  return Object.entries(recipe)
    .flatMap(([field, value]) => {
      if (Array.isArray(value)) return [`${field}:`, ...value.map((entry) => `  ${entry}`)]
      if (typeof value !== 'object') return [`${field}: ${value}`]
      return [`${field}:`, ...Object.entries(value).map(([name, text]) => `  ${name}=${text}`)]
    })
    .join('\n')
}
