import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Type } from '@sinclair/typebox'
import { expect, it } from 'vitest'
import type { LoadedKind } from '../catalog.ts'
import { openRecipes } from './open-recipes.ts'

it('logs once a file that is not read, and reads the others', () => {
  const folder = mkdtempSync(join(tmpdir(), 'recipes-'))
  mkdirSync(join(folder, 'recipes/lamp'), { recursive: true })
  writeFileSync(join(folder, 'recipes/lamp/good.yaml'), 'title: Good\n')
  writeFileSync(join(folder, 'recipes/lamp/bad.yaml'), 'titel: Bad\n')
  const plugin = { kind: 'lamp', recipe: Type.Object({ title: Type.String() }) }
  const loaded = { plugin, folder: join(folder, 'lamp') } as unknown as LoadedKind
  const logged: unknown[] = []
  const open = openRecipes({
    dataDir: folder,
    log: { warn: (problem: unknown) => void logged.push(problem) } as never,
    changed() {},
  })
  expect(
    [open(loaded), open(loaded)].map((recipes) => recipes.list().map(({ key }) => key)),
  ).toEqual([['good'], ['good']])
  expect(logged).toMatchObject([{ file: join(folder, 'recipes/lamp/bad.yaml') }])
  rmSync(folder, { recursive: true })
})
