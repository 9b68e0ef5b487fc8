import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { keepLastGood, LAST_GOOD_FILE, readLastGood } from './last-good.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'last-good-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

it('there is no copy before one was kept', async () => {
  expect(await readLastGood(folder)).toBeUndefined()
})

it('the last one kept is read back, placeholders and all', async () => {
  await keepLastGood(folder, 'cluster: a\n')
  await keepLastGood(folder, `cluster: b # \${env:X} ä\n`)
  expect(await readLastGood(folder)).toBe(`cluster: b # \${env:X} ä\n`)
  expect(await readdir(folder)).toEqual([LAST_GOOD_FILE])
})

it('a copy that would be the same is not written again', async () => {
  await keepLastGood(folder, 'cluster: a\n')
  const before = await stat(join(folder, LAST_GOOD_FILE))
  await keepLastGood(folder, 'cluster: a\n')
  expect((await stat(join(folder, LAST_GOOD_FILE))).ino).toBe(before.ino)
})

it('a data folder that cannot be read is an error, not a missing copy', async () => {
  await expect(readLastGood(join(folder, LAST_GOOD_FILE, '\0'))).rejects.toThrow()
})
