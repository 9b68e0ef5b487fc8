import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Type } from '@sinclair/typebox'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { LoadedKind } from '../catalog.ts'
import { type ImportOptions, importRecipes } from './import-recipes.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'import-recipes-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const kindOf = (kind: string, recipe?: unknown) =>
  ({ plugin: { kind, ...(recipe ? { recipe } : {}) } }) as LoadedKind
const Recipe = Type.Object({ title: Type.String(), nodes: Type.Integer() })
const options = (more: Partial<ImportOptions> = {}): ImportOptions => ({
  kinds: [kindOf('engine', Recipe), kindOf('plain')],
  data: folder,
  ...more,
})
const write = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}
const kept = () => readdirSync(folder).filter((name) => name === 'recipes')

it('keeps a recipe as it was written, under the name of its file', () => {
  const text = '# mine\ntitle: Big\nnodes: 2\n'
  expect(importRecipes([write('a--b.yaml', text)], options())).toEqual(['a--b'])
  expect(readFileSync(join(folder, 'recipes/engine/a--b.yaml'), 'utf8')).toBe(text)
})

it('keeps none when one is no recipe, and names each that is not', () => {
  const good = write('good.yaml', 'title: Big\nnodes: 2\n')
  const bad = write('bad.yaml', 'title: Big\nnodes: two\nmore: 1\n')
  const absent = join(folder, 'absent.yaml')
  expect(() => importRecipes([good, bad, absent], options())).toThrow(
    /^bad\.yaml: .*nodes.*\nabsent\.yaml: there is no such file$/,
  )
  expect(kept()).toEqual([])
})

it('asks the kind what the shape cannot say', () => {
  const checkRecipe = (recipe: unknown, key: string) => [
    { path: 'title', message: `${JSON.stringify(recipe)} is not ${key}` },
  ]
  const kind = { plugin: { kind: 'engine', recipe: Recipe, checkRecipe } } as unknown as LoadedKind
  const file = write('a.yaml', 'title: Big\nnodes: 2\n')
  expect(() => importRecipes([file], options({ kinds: [kind] }))).toThrow(
    'a.yaml: title: {"title":"Big","nodes":2} is not a',
  )
  expect(kept()).toEqual([])
})

it.each(['..yaml', '.hidden.yaml', 'a b.yaml', 'a..b.yaml'])('refuses the name %s', (name) => {
  expect(() => importRecipes([write(name, 'title: a\nnodes: 1\n')], options())).toThrow(/^key: is/)
  expect(kept()).toEqual([])
})

it('asks for the kind where several have recipes, and for one that has', () => {
  const file = write('a.yaml', 'title: a\nnodes: 1\n')
  const kinds = [kindOf('engine', Recipe), kindOf('other', Recipe)]
  expect(() => importRecipes([file], options({ kinds }))).toThrow(/several kinds/)
  expect(() => importRecipes([file], options({ kind: 'plain' }))).toThrow(/"plain" is no kind/)
  expect(importRecipes([file], options({ kinds, kind: 'other' }))).toEqual(['a'])
})
