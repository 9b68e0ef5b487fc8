import { expect, it } from 'vitest'
import { keptMistakes } from './kept-mistakes.ts'

const RECIPE = { title: 'Small', repo: 'Alice/Small', nodes: 1, gpu_memory_utilization: 0.5 }

it('finds nothing wrong with a recipe under its own key', () => {
  expect(keptMistakes(RECIPE, 'Alice--Small')).toEqual([])
})

it.each([
  ['a flag the launcher sets', { args: ['--port', '1'] }, 'args.0'],
  ['machines that do not fit', { nodes: 2, tensor_parallel: 1 }, 'tensor_parallel'],
  ['the repo of another file', { repo: 'Bob/Big' }, 'repo'],
])('tells of %s', (_what, change, path) => {
  const told = keptMistakes({ ...RECIPE, ...change }, 'Alice--Small')
  expect(told.map((detail) => detail.path)).toEqual([path])
})
