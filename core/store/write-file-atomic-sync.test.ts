import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { writeFileAtomicSync } from './write-file-atomic-sync.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'spark-write-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('the folder is made, the content replaced, and only the owner may read it', () => {
  const path = join(folder, 'a', 'b', 'file.yaml')
  writeFileAtomicSync(path, 'one')
  writeFileAtomicSync(path, 'zwei ü')
  expect(readFileSync(path, 'utf8')).toBe('zwei ü')
  expect(statSync(path).mode & 0o777).toBe(0o600)
  expect(readdirSync(join(folder, 'a', 'b'))).toEqual(['file.yaml'])
})

test('a writer killed with SIGKILL leaves a whole file, none older than it told of', {
  timeout: 60_000,
}, async () => {
  const path = join(folder, 'file')
  const script = `
    import { writeFileAtomicSync } from ${JSON.stringify(
      new URL('./write-file-atomic-sync.ts', import.meta.url).href,
    )}
    import { writeSync } from 'node:fs'
    for (let n = 1; ; n++) {
      writeFileAtomicSync(${JSON.stringify(path)}, (n + '\\n').repeat(50_000))
      writeSync(1, n + '\\n')
    }`
  for (const writes of [1, 7, 20]) {
    const child = spawn(process.execPath, ['--input-type=module', '-e', script])
    const closed = once(child, 'close')
    let told = ''
    child.stdout.on('data', (chunk) => {
      told += chunk
      if (told.split('\n').length > writes) child.kill('SIGKILL')
    })
    await closed
    const lines = new Set(readFileSync(path, 'utf8').trim().split('\n'))
    const [kept] = lines
    expect(lines.size).toBe(1)
    expect(Number(kept)).toBeGreaterThanOrEqual(Number(told.trim().split('\n').at(-1)))
  }
})
