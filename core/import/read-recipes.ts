import type { LoadedKind } from '../catalog.ts'
import { asControlError } from '../errors.ts'
import { closeSchema } from '../recipes/close-schema.ts'
import { isKey } from '../recipes/file-recipes.ts'
import { createRecipeFiles, type RecipeFiles } from '../recipes/recipe-file.ts'
import { keptValue } from './comment.ts'
import type { Remark } from './draft.ts'
import type { JoinedModel } from './join-models.ts'
import { writeRecipe } from './write-recipe.ts'

/** A recipe file to be written, or an entry that became none. */
export interface RecipeDraft {
  kind: string
  key: string
  text: string
}

/** What came of models.yaml. */
export interface ReadRecipes {
  recipes: RecipeDraft[]
  /** Entries of which there is no recipe, as comment lines. */
  leftovers: string[]
  remarks: Remark[]
}

/** Gives every entry to the kind that reads models.yaml. */
export function readRecipes(kind: LoadedKind, models: readonly JoinedModel[]): ReadRecipes {
  const found: ReadRecipes = { recipes: [], leftovers: [], remarks: [] }
  const recipes = new Map<string, RecipeDraft>()
  const { imports, recipe: schema, kind: name } = kind.plugin
  if (!imports?.recipe || !schema) return found
  const files = createRecipeFiles(closeSchema(schema))
  for (const model of models) {
    const fields = new Map([...model.fields].map(([name, { value }]) => [name, value]))
    const became = imports.recipe({
      ...{ id: model.id, fields },
      overridden: new Set(model.overridden),
    })
    const remark = (text: string, field?: string) => {
      const place = model.fields.get(field ?? '')?.place ?? model.place
      found.remarks.push({ ...place, text: `${model.id}${field ? `.${field}` : ''}: ${text}` })
    }
    const unknown = [...fields].filter(([field]) => !became.understood.has(field))
    for (const [field] of unknown) remark('not understood; it is kept as a comment', field)
    for (const { field, text } of became.notes) remark(text, field)
    for (const [field, check] of Object.entries(became.checks)) remark(`check ${field}: ${check}`)
    const comments = [
      `From ${model.id} of ${model.place.file}${model.overridden.length > 0 ? `, with overrides of ${model.overridden.join(', ')}` : ''}.`,
      ...unknown.map(([field, value]) => `not understood: ${field}: ${keptValue(field, value)}`),
      ...became.notes.map(({ field, text }) => (field ? `${field}: ${text}` : text)),
    ]
    const { file } = became
    const mistake = file ? whyNot(file.key, file.recipe, files) : undefined
    if (!file || mistake !== undefined) {
      if (mistake !== undefined) remark(`no settings are written: ${mistake}`)
      // all of it, since it stands nowhere else
      found.leftovers.push(
        `The model ${model.id} of ${model.place.file}:`,
        ...[...fields].map(([field, value]) => `  ${field}: ${keptValue(field, value)}`),
        ...became.notes.map(({ field, text }) => `  ${field ? `${field}: ` : ''}${text}`),
      )
      continue
    }
    if (recipes.has(file.key)) remark(`says how ${file.key} is loaded once more, and counts`)
    recipes.set(file.key, {
      ...{ kind: name, key: file.key },
      text: writeRecipe(file.recipe, became.checks, comments),
    })
  }
  return { ...found, recipes: [...recipes.values()] }
}

function whyNot(key: string, recipe: unknown, files: RecipeFiles): string | undefined {
  if (!isKey(key)) return `"${key.slice(0, 80)}" cannot be the name of a file of settings`
  try {
    files.check(recipe)
    return undefined
  } catch (thrown) {
    return asControlError(thrown).message
  }
}
