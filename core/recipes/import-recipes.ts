import { readFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { Type } from '@sinclair/typebox'
import type { LoadedKind } from '../catalog.ts'
import { ControlError, type Detail } from '../errors.ts'
import { writeFileAtomicSync } from '../store/write-file-atomic-sync.ts'
import { closeSchema } from './close-schema.ts'
import { checkKey } from './file-recipes.ts'
import { createRecipeFiles } from './recipe-file.ts'

export interface ImportOptions {
  kinds: readonly LoadedKind[]
  /** Needed where several kinds have recipes. */
  kind?: string
  data: string
}

/**
 * Keeps recipe files as the operator's overrides, comments and all, each under the name of its file;
 * returns their keys. All or none: VALIDATION names every file that is no recipe.
 */
export function importRecipes(paths: readonly string[], options: ImportOptions): string[] {
  const { kind, recipe, checkRecipe } = pickKind(options)
  const files = createRecipeFiles(closeSchema(recipe ?? Type.Object({})))
  const details: Detail[] = []
  const found = paths.map((path) => {
    const key = basename(path).replace(/\.ya?ml$/, '')
    checkKey(key)
    const read = files.read(resolve(path))
    const message = read ? read.problem : 'there is no such file'
    if (message !== undefined) details.push({ path: basename(path), message })
    for (const detail of (read?.recipe && checkRecipe?.(read.recipe, key)) ?? [])
      details.push({ path: basename(path), message: `${detail.path}: ${detail.message}` })
    return { key, path }
  })
  if (details.length > 0)
    throw new ControlError(
      'VALIDATION',
      details.map(({ path, message }) => `${path}: ${message}`).join('\n'),
      { details },
    )
  for (const { key, path } of found)
    writeFileAtomicSync(
      join(options.data, 'recipes', kind, `${key}.yaml`),
      readFileSync(path, 'utf8'),
    )
  return found.map(({ key }) => key)
}

function pickKind({ kinds, kind }: ImportOptions) {
  const able = kinds.map(({ plugin }) => plugin).filter(({ recipe }) => recipe !== undefined)
  const found = kind === undefined ? able : able.filter((plugin) => plugin.kind === kind)
  const [only] = found
  if (only && found.length === 1) return only
  const names = able.map((plugin) => plugin.kind).join(', ')
  throw new ControlError(
    'VALIDATION',
    kind === undefined
      ? 'several kinds have recipes, and none was named'
      : `"${kind}" is no kind with recipes`,
    { hint: `kinds with recipes: ${names}` },
  )
}
