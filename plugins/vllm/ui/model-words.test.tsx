import { expect, it } from 'vitest'
import { liesOn } from './model-words.ts'
import { aModel, aRecipe } from './testing/models.ts'

const [first] = aModel().hosts
const on = (...hosts: string[]) => hosts.flatMap((host) => (first ? [{ ...first, host }] : []))
const wide = aRecipe({ nodes: 2, tensor_parallel: 2 })

it.each<[string, Parameters<typeof aModel>[0], string[] | undefined, boolean]>([
  ['on its head', {}, ['spark-1', 'spark-2'], true],
  ['on another machine only', { hosts: on('spark-2') }, ['spark-1', 'spark-2'], false],
  ['on both', { recipe: wide, hosts: on('spark-1', 'spark-2') }, ['spark-1', 'spark-2'], true],
  ['on one of two', { recipe: wide, hosts: on('spark-1') }, ['spark-1', 'spark-2'], false],
  ['wider than the service', { recipe: wide, hosts: on('spark-1', 'spark-2') }, ['spark-1'], false],
  ['while the machines are not known', {}, undefined, true],
])('a model %s is offered accordingly', (_, model, nodes, isOffered) => {
  expect(liesOn(aModel(model), nodes)).toBe(isOffered)
})
