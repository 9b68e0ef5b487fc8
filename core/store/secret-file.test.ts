import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { secretFile } from './secret-file.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'secret-file-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

it('is made once, for this user alone, and read again as it was', () => {
  const file = secretFile(folder, 'notes', 'key')
  expect(file.read()).toBeUndefined()
  const bytes = Buffer.from([0, 1, 254, 255])
  expect(file.create(bytes)).toEqual(bytes)
  expect(secretFile(folder, 'notes', 'key').read()).toEqual(bytes)
  expect(statSync(file.path).mode & 0o777).toBe(0o600)
  expect(statSync(join(folder, 'keys')).mode & 0o777).toBe(0o700)
  expect(readdirSync(join(folder, 'keys'))).toEqual(['notes.key'])
})

it('never replaces a key, and leaves nothing beside it', () => {
  const file = secretFile(folder, 'notes', 'key')
  file.create(Buffer.from('first'))
  expect(() => file.create(Buffer.from('second'))).toThrow(/EEXIST/)
  expect(file.read()).toEqual(Buffer.from('first'))
  expect(readdirSync(join(folder, 'keys'))).toEqual(['notes.key'])
})

it('tells a file that cannot be read from one that is not there', () => {
  writeFileSync(join(folder, 'keys'), '')
  expect(() => secretFile(folder, 'notes', 'key').read()).toThrow(/ENOTDIR/)
  expect(() => secretFile(folder, 'notes', '../key')).toThrow(RangeError)
})
