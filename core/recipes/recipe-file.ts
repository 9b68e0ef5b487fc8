import { readFileSync, type Stats, statSync } from 'node:fs'
import type { TObject } from '@sinclair/typebox'
import { parse } from 'yaml'
import { asControlError } from '../errors.ts'
import { checkInput } from '../http/validate.ts'

/** A recipe as its file has it, or why it cannot be read. */
export type ReadRecipe =
  | { recipe: Record<string, unknown>; problem?: never }
  | { recipe?: never; problem: string }

/** Reads recipe files; an unchanged file is read once. */
export interface RecipeFiles {
  /** Undefined when there is no such file. */
  read(file: string): ReadRecipe | undefined
  /** Throws VALIDATION with every mistake; returns the recipe with its defaults. */
  check(recipe: unknown): Record<string, unknown>
}

const MOST_BYTES = 256 * 1024
const MOST_CACHED = 2000

export function createRecipeFiles(schema: TObject): RecipeFiles {
  const cache = new Map<string, { stamp: string; read: ReadRecipe }>()
  const check = (recipe: unknown) =>
    checkInput(schema, structuredClone(recipe), 'body') as Record<string, unknown>

  const readNew = (file: string, { size }: Stats): ReadRecipe => {
    if (size > MOST_BYTES) return { problem: `is larger than ${MOST_BYTES / 1024} KiB` }
    try {
      // An alias bomb would otherwise cost minutes.
      const value = parse(readFileSync(file, 'utf8'), { maxAliasCount: 100, logLevel: 'error' })
      return { recipe: check(value ?? {}) }
    } catch (thrown) {
      const { details, message } = asControlError(thrown)
      const mistakes = details.map((detail) => `${detail.path}: ${detail.message}`)
      return { problem: mistakes.length > 0 ? mistakes.join('; ') : firstLine(message) }
    }
  }

  return {
    check,
    read(file) {
      const stat = statSync(file, { throwIfNoEntry: false })
      if (!stat?.isFile()) return undefined
      const stamp = `${stat.mtimeMs} ${stat.size} ${stat.ino}`
      const known = cache.get(file)
      if (known?.stamp === stamp) return known.read
      const read = readNew(file, stat)
      if (cache.size >= MOST_CACHED) cache.clear()
      cache.set(file, { stamp, read })
      return read
    },
  }
}

const firstLine = (text: string): string => (text.split('\n')[0] ?? '').replace(/:$/, '')
