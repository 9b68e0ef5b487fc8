import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type TObject, Type } from '@sinclair/typebox'
import { stringify } from 'yaml'
import { ControlError } from '../errors.ts'
import { writeFileAtomicSync } from '../store/write-file-atomic-sync.ts'
import { closeSchema } from './close-schema.ts'
import { createRecipeFiles, type ReadRecipe } from './recipe-file.ts'
import type { RecipeEntry, RecipeSource, Recipes } from './recipes.ts'

export interface FileRecipesOptions {
  /** recipes/ of the kind; need not exist. */
  shippedDir: string
  /** Where the operator's overrides lie; made at the first save. */
  overrideDir: string
  /** The kind's `recipe`; a kind without has none and takes none. */
  schema: TObject | undefined
  /** Called after a save or reset that changed something. */
  changed(): void
}

/** A file that cannot be read as a recipe, and why. */
export interface RecipeProblem {
  file: string
  message: string
}

/** Recipes from files, with those that are broken. */
export interface FileRecipes extends Recipes {
  /** Broken files. They stay where they are; the shipped recipe counts meanwhile. */
  problems(): RecipeProblem[]
}

const LONGEST_KEY = 200

/** Opens the recipes of a kind. Files edited by hand count at the next look. */
export function createRecipes(options: FileRecipesOptions): FileRecipes {
  const { shippedDir, overrideDir, schema, changed } = options
  const files = createRecipeFiles(closeSchema(schema ?? Type.Object({})))
  const layers = [
    { dir: overrideDir, source: 'override' },
    { dir: shippedDir, source: 'shipped' },
  ] as const
  const read = (dir: string, key: string): ReadRecipe | undefined =>
    schema && files.read(join(dir, `${key}.yaml`))

  const layersOf = (wanted?: RecipeSource) =>
    layers.filter(({ source }) => wanted === undefined || source === wanted)

  const find = (key: string, wanted?: RecipeSource): RecipeEntry | undefined => {
    if (!isKey(key)) return undefined
    for (const { dir, source } of layersOf(wanted)) {
      const recipe = read(dir, key)?.recipe
      if (recipe) return { key, source, recipe: structuredClone(recipe) }
    }
    return undefined
  }

  return {
    find: find as Recipes['find'],
    list: ((wanted?: RecipeSource) => {
      const keys = new Set(layersOf(wanted).flatMap(({ dir }) => listKeys(dir)))
      return [...keys].sort().flatMap((key) => find(key, wanted) ?? [])
    }) as Recipes['list'],
    save(key, recipe) {
      checkKey(key)
      if (!schema) throw new ControlError('VALIDATION', 'this kind has no recipes')
      files.check(recipe)
      const text = stringify(recipe, { aliasDuplicateObjects: false })
      writeFileAtomicSync(join(overrideDir, `${key}.yaml`), text)
      changed()
    },
    reset(key) {
      checkKey(key)
      const file = join(overrideDir, `${key}.yaml`)
      if (!listKeys(overrideDir).includes(key)) return
      rmSync(file, { force: true })
      changed()
    },
    problems: () => layers.flatMap(({ dir }) => (schema ? listProblems(dir, read) : [])),
  }
}

/** Keys are one path segment: letters, digits, dot, dash, underscore; no `..`; 200 at most. */
export const isKey = (key: string): boolean =>
  key.length <= LONGEST_KEY && /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(key) && !key.includes('..')

/** Throws VALIDATION for what cannot be a key. */
export function checkKey(key: string): void {
  if (isKey(key)) return
  const message = `is ${JSON.stringify(key.slice(0, 80))}; expected letters, digits, ".", "_" and "-", no "..", ${LONGEST_KEY} characters at most`
  throw new ControlError('VALIDATION', `key: ${message}`, { details: [{ path: 'key', message }] })
}

/** Files of a folder that may be recipes; a folder that is not there has none. */
function listFiles(dir: string): string[] {
  try {
    return readdirSync(dir).filter((name) => !name.startsWith('.'))
  } catch (thrown) {
    if (/^ENO(ENT|TDIR)$/.test(String((thrown as { code?: string }).code))) return []
    throw thrown
  }
}

const listKeys = (dir: string): string[] =>
  listFiles(dir)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => name.slice(0, -'.yaml'.length))
    .filter(isKey)

function listProblems(
  dir: string,
  read: (dir: string, key: string) => ReadRecipe | undefined,
): RecipeProblem[] {
  return listFiles(dir).flatMap((name) => {
    const file = join(dir, name)
    if (name.endsWith('.yml')) return { file, message: 'is not read: call it .yaml' }
    if (!name.endsWith('.yaml')) return []
    const key = name.slice(0, -'.yaml'.length)
    if (!isKey(key)) return { file, message: 'is not read: its name cannot be a key' }
    const problem = read(dir, key)?.problem
    return problem === undefined ? [] : { file, message: problem }
  })
}
