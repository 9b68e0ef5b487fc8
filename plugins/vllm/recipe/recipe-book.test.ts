import { describe, expect, it } from 'vitest'
import type { RecipeEntry } from '#core'
import { viewModels } from '../disk/models.ts'
import type { HostScan } from '../disk/scan-host.ts'
import { sampleRecipe } from '../testing/samples.ts'
import type { Recipe } from './recipe.ts'
import { createBook } from './recipe-book.ts'

const entry = (
  repo: string,
  more: Partial<Recipe> = {},
  source: 'shipped' | 'override' = 'shipped',
) =>
  ({
    key: repo.replaceAll('/', '--'),
    source,
    recipe: sampleRecipe({ repo, title: repo, ...more }),
  }) satisfies RecipeEntry<Recipe>

const shipped = entry('Org/M-35B-FP8', { title: 'M 35B', match: ['*/M-35B*'], names: ['m'] })

describe('the recipe of a repo', () => {
  it('is its own, whatever patterns fit it too', () => {
    const book = createBook([shipped, entry('Other/M-35B-NVFP4', { nodes: 2, tensor_parallel: 2 })])
    expect(book.find('Other/M-35B-NVFP4')).toMatchObject({ recipe: { nodes: 2 }, match: null })
    expect(book.find('Org/M-35B-FP8')).toMatchObject({ source: 'shipped', match: null })
  })

  it('by a pattern is made out to it, named apart, and says whose it is', () => {
    expect(createBook([shipped]).find('Other/M-35B-NVFP4')).toEqual({
      recipe: sampleRecipe({ repo: 'Other/M-35B-NVFP4', title: 'M 35B NVFP4' }),
      source: 'shipped',
      match: { repo: 'Org/M-35B-FP8', glob: '*/M-35B*' },
    })
  })

  it('keeps its names to itself', () => {
    const book = createBook([{ ...shipped, recipe: { ...shipped.recipe, names: ['m'] } }])
    expect(book.find('Org/M-35B-FP8')?.recipe.names).toEqual(['m'])
    expect(book.find('Other/M-35B-NVFP4')?.recipe).not.toHaveProperty('names')
  })

  it.each([
    ['that names more', ['*/M*', '*/M-35B*', '*/M-3*'], '*/M-35B*'],
    ['with the owner before one without', ['*/M-35B*', 'Other/M-35B*'], 'Other/M-35B*'],
    ['with the quantization before the family', ['*/M-35B*', '*/M-35B*NVFP4'], '*/M-35B*NVFP4'],
  ])('is by the pattern %s', (_, globs, wins) => {
    const entries = globs.map((glob, at) => entry(`Org/Family-${at}`, { match: [glob] }))
    for (const order of [entries, entries.toReversed()]) {
      expect(createBook(order).find('Other/M-35B-NVFP4')?.match?.glob).toBe(wins)
    }
  })

  it('of two patterns alike is the saved one, then the first by name', () => {
    const alike = [
      entry('Org/B', { match: ['*/M*'] }),
      entry('Org/A', { match: ['*/M*'] }),
      entry('Org/C', { match: ['*/M*'] }, 'override'),
    ]
    expect(createBook(alike).find('x/M')?.match?.repo).toBe('Org/C')
    expect(createBook(alike.slice(0, 2)).find('x/M')?.match?.repo).toBe('Org/A')
  })

  it('that was saved wins for its repo, leaves the shipped patterns to others', () => {
    const saved = entry('Org/M-35B-FP8', { title: 'Mine' }, 'override')
    const book = createBook([saved, shipped])
    expect(book.find('Org/M-35B-FP8')?.recipe.title).toBe('Mine')
    expect(book.find('x/M-35B-AWQ')?.recipe.title).toBe('M 35B AWQ')
    expect(book.unsaved('Org/M-35B-FP8')).toMatchObject({
      source: 'shipped',
      recipe: { title: 'M 35B' },
    })
    expect(book.entries.map(({ source }) => source)).toEqual(['override'])
  })

  it('saved for a repo a pattern fits wins over the pattern, and uncovers it again', () => {
    const saved = entry('x/M-35B-AWQ', { title: 'Mine' }, 'override')
    const book = createBook([shipped, saved])
    expect(book.find('x/M-35B-AWQ')).toMatchObject({ source: 'override', match: null })
    expect(book.unsaved('x/M-35B-AWQ')?.match?.glob).toBe('*/M-35B*')
  })

  it('that was saved keeps its patterns for itself, so that editing it does not lose them', () => {
    const saved = entry('Org/M', { match: ['*/M-*'] }, 'override')
    const book = createBook([saved, shipped])
    expect(book.find('Org/M')?.recipe.match).toEqual(['*/M-*'])
    expect(book.find('x/M-1')?.recipe).not.toHaveProperty('match')
    expect(book.find('Org/M-35B-FP8')?.recipe).not.toHaveProperty('match')
  })

  it('is none where neither name nor pattern fits', () => {
    expect(createBook([shipped]).find('Org/Else')).toBeUndefined()
    expect(createBook([]).unsaved('Org/Else')).toBeUndefined()
  })
})

describe('a model on disk whose recipe comes by a pattern', () => {
  it('is ready, shows the recipe made out to it, and whose it is', () => {
    const model = { key: 'x--M-35B-AWQ', repo: 'x/M-35B-AWQ', source: 'hf-cache', state: 'ready' }
    const scan = { host: 'spark-1', scannedAt: 0, error: null, warning: null, models: [model] }
    const { models, recipes } = viewModels({
      scans: [scan as unknown as HostScan],
      failures: [],
      recipes: createBook([shipped]),
      services: [],
    })
    expect(models[0]).toMatchObject({
      state: 'ready',
      recipe: { repo: 'x/M-35B-AWQ', title: 'M 35B AWQ' },
      recipe_source: 'shipped',
      recipe_match: { repo: 'Org/M-35B-FP8', glob: '*/M-35B*' },
    })
    expect(recipes).toEqual([{ key: 'Org--M-35B-FP8', repo: 'Org/M-35B-FP8', title: 'M 35B' }])
  })
})
