import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TObject, Type } from '@sinclair/typebox'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import type { ControlError } from '../errors.ts'
import { createRecipes, type FileRecipes } from './file-recipes.ts'

const schema: TObject = Type.Object({
  title: Type.String(),
  port: Type.Integer({ default: 8000 }),
  args: Type.Optional(Type.Array(Type.String())),
  env: Type.Optional(Type.Record(Type.String(), Type.String())),
  limits: Type.Optional(Type.Object({ memory: Type.Number() })),
  steps: Type.Optional(Type.Array(Type.Object({ name: Type.String() }))),
})

let root: string
let shippedDir: string
let overrideDir: string
let changes: number
let recipes: FileRecipes
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'spark-recipes-'))
  shippedDir = join(root, 'shipped')
  overrideDir = join(root, 'data', 'recipes', 'toy')
  mkdirSync(shippedDir)
  changes = 0
  recipes = open()
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const open = (of: TObject | undefined = schema) =>
  createRecipes({ shippedDir, overrideDir, schema: of, changed: () => changes++ })
const ship = (name: string, text: string) => writeFileSync(join(shippedDir, name), text)
const override = (name: string, text: string) => {
  mkdirSync(overrideDir, { recursive: true })
  writeFileSync(join(overrideDir, name), text)
}
const refused = (act: () => void): ControlError => {
  try {
    act()
  } catch (thrown) {
    return thrown as ControlError
  }
  throw new Error('it was accepted')
}

describe('reading', () => {
  test('shipped and overridden recipes are one list, and an override wins whole', () => {
    ship('Org--A.yaml', 'title: shipped\nargs: [--x]\n')
    ship('Org--B.yaml', 'title: b\n')
    override('Org--A.yaml', 'title: mine\n')
    override('Org--C.yaml', 'title: c\nport: 1\n')
    expect(recipes.list()).toEqual([
      { key: 'Org--A', source: 'override', recipe: { title: 'mine', port: 8000 } },
      { key: 'Org--B', source: 'shipped', recipe: { title: 'b', port: 8000 } },
      { key: 'Org--C', source: 'override', recipe: { title: 'c', port: 1 } },
    ])
    expect(recipes.find('Org--C')?.recipe.title).toBe('c')
    expect(recipes.find('Org--D')).toBeUndefined()
  })

  test('either half can be read alone, so that what an override covers is still seen', () => {
    ship('a.yaml', 'title: shipped\n')
    ship('b.yaml', 'title: b\n')
    override('a.yaml', 'title: mine\n')
    const titles = (source?: 'shipped' | 'override') =>
      recipes.list(source).map(({ recipe }) => recipe.title)
    expect([titles(), titles('shipped'), titles('override')]).toEqual([
      ['mine', 'b'],
      ['shipped', 'b'],
      ['mine'],
    ])
    expect(recipes.find('a', 'shipped')?.recipe.title).toBe('shipped')
    expect(recipes.find('b', 'override')).toBeUndefined()
  })

  test('folders that are not there hold nothing', () => {
    rmSync(shippedDir, { recursive: true })
    expect([recipes.list(), recipes.problems(), recipes.find('a')]).toEqual([[], [], undefined])
  })

  test('a file edited by hand counts at the next look', () => {
    ship('a.yaml', 'title: one\n')
    expect(recipes.find('a')?.recipe.title).toBe('one')
    override('a.yaml', 'title: two\n')
    expect(recipes.find('a')?.recipe.title).toBe('two')
    override('a.yaml', 'title: three\n')
    expect(recipes.find('a')?.recipe.title).toBe('three')
  })

  test('changing what was returned changes nothing for the next', () => {
    ship('a.yaml', 'title: one\nargs: [x]\n')
    const found = recipes.find<{ args: string[] }>('a')
    found?.recipe.args.push('y')
    expect(recipes.find('a')?.recipe.args).toEqual(['x'])
  })
})

describe('a broken file', () => {
  const BOMB = `a: &a [x,x,x,x,x,x,x,x,x]
b: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]
c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]
d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]
title: [*d,*d,*d,*d,*d,*d,*d,*d,*d]`
  test.each([
    ['is not YAML', 'title: [', 'Flow sequence'],
    ['names a key twice', 'title: a\ntitle: b\n', 'unique'],
    ['is empty', '', 'title: is missing'],
    [
      'has several mistakes',
      'titel: a\nport: x\n',
      'title: is missing; titel: is not a key here; did you mean "title"?; port: is "x"',
    ],
    [
      'has a key too many deep inside',
      'title: a\nlimits: {memory: 1, disk: 2}',
      'limits.disk: is not',
    ],
    ['has one in a list', 'title: a\nsteps: [{name: a, nmae: b}]', 'steps.0.nmae: is not'],
    ['is a list', '- a\n', 'expected object'],
    ['is an alias bomb', BOMB, 'alias'],
    ['is too large', `title: ${'x'.repeat(300_000)}`, '256 KiB'],
  ])('that %s is told with the reason, kept, and the shipped one counts', (_, text, reason) => {
    ship('a.yaml', 'title: shipped\n')
    override('a.yaml', text)
    expect(recipes.find('a')).toMatchObject({ source: 'shipped', recipe: { title: 'shipped' } })
    expect(recipes.problems()).toEqual([
      { file: join(overrideDir, 'a.yaml'), message: expect.stringContaining(reason) },
    ])
    expect(readFileSync(join(overrideDir, 'a.yaml'), 'utf8')).toBe(text)
  })

  test('a name that is never read is told too', () => {
    override('a.yml', 'title: a\n')
    override('.hidden.yaml', 'title: a\n')
    override('-a.yaml', 'title: a\n')
    override('notes.txt', 'x')
    expect(recipes.list()).toEqual([])
    expect(
      recipes
        .problems()
        .map(({ message }) => message)
        .sort(),
    ).toEqual(['is not read: call it .yaml', 'is not read: its name cannot be a key'])
  })
})

describe('saving', () => {
  test('writes what was given, lists it as an override, and tells', () => {
    ship('a.yaml', 'title: shipped\n')
    recipes.save('a', { title: 'mine: "#1"', env: { A: 'yes', B: '012' } })
    expect(recipes.find('a')).toEqual({
      key: 'a',
      source: 'override',
      recipe: { title: 'mine: "#1"', port: 8000, env: { A: 'yes', B: '012' } },
    })
    expect(parse(readFileSync(join(overrideDir, 'a.yaml'), 'utf8'))).toEqual({
      title: 'mine: "#1"',
      env: { A: 'yes', B: '012' },
    })
    expect(readdirSync(overrideDir)).toEqual(['a.yaml'])
    expect(changes).toBe(1)
  })

  test('names every bad field and writes nothing', () => {
    const bad = { title: 1, limits: { memory: 'x', disk: 1 }, steps: [{}], typo: true }
    const error = refused(() => recipes.save('a', bad))
    expect(error.code).toBe('VALIDATION')
    expect(error.details.map(({ path }) => path).sort()).toEqual([
      'limits.disk',
      'limits.memory',
      'steps.0.name',
      'title',
      'typo',
    ])
    expect([recipes.list(), changes]).toEqual([[], 0])
  })

  test('replaces a broken override', () => {
    override('a.yaml', 'title: [')
    recipes.save('a', { title: 'mine' })
    expect([recipes.problems(), recipes.find('a')?.recipe.title]).toEqual([[], 'mine'])
  })

  test.each([
    ['..'],
    ['a..b'],
    ['../a'],
    ['a/b'],
    ['a\\b'],
    ['.a'],
    ['-a'],
    [''],
    ['a\0'],
    ['ä'],
    ['a\n'],
    ['__proto__'],
    ['x'.repeat(201)],
  ])('a key like %j is refused and leads nowhere', (key) => {
    ship('a.yaml', 'title: a\n')
    for (const act of [() => recipes.save(key, { title: 'x' }), () => recipes.reset(key)])
      expect(refused(act).details[0]?.path).toBe('key')
    expect(recipes.find(key)).toBeUndefined()
    expect(readdirSync(root)).toEqual(['shipped'])
  })

  test.each([['Qwen--Qwen3-8B'], ['a.b_c-D9'], ['x'.repeat(200)]])(
    'a key like %s is fine',
    (key) => {
      recipes.save(key, { title: 'x' })
      expect(recipes.find(key)?.key).toBe(key)
    },
  )

  test('that the disk refuses is told, and leaves nothing behind', () => {
    mkdirSync(join(overrideDir, 'a.yaml', 'in the way'), { recursive: true })
    expect(refused(() => recipes.save('a', { title: 'x' })).code).toBe('STORE_UNUSABLE')
    expect(readdirSync(overrideDir)).toEqual(['a.yaml'])
    rmSync(join(root, 'data'), { recursive: true })
    writeFileSync(join(root, 'data'), 'a file where the folder should be')
    expect(refused(() => recipes.save('a', { title: 'x' })).code).toBe('STORE_UNUSABLE')
    expect(changes).toBe(0)
  })

  test('a kind without recipes has none and takes none', () => {
    ship('a.yaml', 'title: a\n')
    const none = createRecipes({ shippedDir, overrideDir, schema: undefined, changed: () => {} })
    expect([none.list(), none.problems()]).toEqual([[], []])
    expect(refused(() => none.save('a', {})).code).toBe('VALIDATION')
  })
})

describe('a reset', () => {
  test('removes the override, broken or not, so that the shipped one counts', () => {
    ship('a.yaml', 'title: shipped\n')
    recipes.save('a', { title: 'mine' })
    recipes.reset('a')
    expect(recipes.find('a')?.source).toBe('shipped')
    override('a.yaml', 'title: [')
    recipes.reset('a')
    expect(recipes.problems()).toEqual([])
    expect(changes).toBe(3)
  })

  test('of what has no override changes nothing', () => {
    ship('a.yaml', 'title: shipped\n')
    recipes.reset('a')
    expect([recipes.find('a')?.source, changes]).toEqual(['shipped', 0])
  })
})
