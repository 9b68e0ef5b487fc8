import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { readSecretFile } from './read-secret-file.ts'
import { loadText } from './testing/load.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'read-secret-file-'))
  writeFileSync(join(folder, 'key'), 'abcdef\n')
  writeFileSync(join(folder, 'log'), 'x'.repeat(64 * 1024 + 1))
})
afterAll(() => rmSync(folder, { recursive: true }))

it('a small file is read', () => {
  expect(readSecretFile(join(folder, 'key'))).toBe('abcdef\n')
})

it.each(['.', 'log', 'none'])('"%s" is refused', (name) => {
  expect(() => readSecretFile(join(folder, name))).toThrow()
})

it('a device without end is refused at once, and the mistake says where', () => {
  const { diagnostics } = loadText(`cluster: \${file:/dev/zero}`, { readFile: readSecretFile })
  expect(diagnostics).toMatchObject([{ code: 'FILE_MISSING', path: 'cluster' }])
  expect(diagnostics[0]?.message).toBe('the file /dev/zero cannot be read (FILE_UNFIT)')
})
