import { expect, it } from 'vitest'
import { moduleBeside } from './module-beside.ts'

it.each([
  ['file:///app/core/out-of-tree.ts', './index', 'file:///app/core/index.ts'],
  ['file:///app/core/out-of-tree.js', './index', 'file:///app/core/index.js'],
  ['file:///my%20app/a.b/spawn.js', '../main', 'file:///my%20app/main.js'],
])('a module beside %s, named %s, is %s', (from, name, beside) => {
  expect(moduleBeside(from, name).href).toBe(beside)
})
