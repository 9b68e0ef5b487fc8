import { describe, expect, it } from 'vitest'
import { filterModels, type ModelsWish } from './filter-models.ts'
import { aModel, aRecipe } from './testing/models.ts'

const [host] = aModel().hosts
const sized = (size_bytes: number, last_used_at: string | null = null) =>
  host ? [{ ...host, size_bytes, last_used_at }] : []
const models = [
  aModel({
    key: 'b',
    recipe: aRecipe({ title: 'Beta' }),
    hosts: sized(30, '2026-01-01T00:00:00Z'),
  }),
  aModel({
    key: 'a',
    recipe: aRecipe({ title: 'Alpha' }),
    hosts: sized(10, '2026-02-01T00:00:00Z'),
  }),
  aModel({ key: 'n', repo: 'org/new-one', recipe: null, state: 'needs_setup', hosts: sized(20) }),
  aModel({ key: 'g', repo: 'org/file-gguf', recipe: null, state: 'unsupported', hosts: sized(5) }),
  aModel({
    key: 'z',
    recipe: aRecipe({ title: 'Zeta' }),
    capabilities: ['vision'],
    running: [{ service: 'llm', host: 'spark-1', since: null }],
    hosts: sized(1),
  }),
]
const keys = (wish: Partial<ModelsWish>) =>
  filterModels(models, { search: '', state: 'all', sort: 'name', ...wish }).map(({ key }) => key)

describe('the list of models', () => {
  it.each<[string, Partial<ModelsWish>, string[]]>([
    ['what runs stands first, the rest by name', {}, ['z', 'a', 'b', 'g', 'n']],
    ['by size, largest first', { sort: 'size' }, ['z', 'b', 'n', 'a', 'g']],
    ['by last use, newest first', { sort: 'used' }, ['z', 'a', 'b', 'g', 'n']],
    ['only what is loaded', { state: 'running' }, ['z']],
    ['only what needs set-up', { state: 'needs_setup' }, ['n']],
    ['only what cannot be loaded', { state: 'other' }, ['g']],
    ['every word must occur, in whatever field', { search: 'VISION spark-1' }, ['z']],
    ['nothing fits', { search: 'llama' }, []],
  ])('%s', (_title, wish, expected) => {
    expect(keys(wish)).toEqual(expected)
  })
})
