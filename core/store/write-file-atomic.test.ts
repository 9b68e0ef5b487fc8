import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { writeFileAtomic } from './write-file-atomic.ts'

describe('writeFileAtomic', () => {
  let folder = ''
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'write-file-atomic-'))
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))

  it('writes a new file for its owner only, and nothing beside it', async () => {
    const path = join(folder, 'a.yaml')
    await writeFileAtomic(path, 'cluster: ä\n')
    expect(await readFile(path, 'utf8')).toBe('cluster: ä\n')
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect(await readdir(folder)).toEqual(['a.yaml'])
  })

  it('puts a new file in the place of the old one instead of writing into it', async () => {
    const path = join(folder, 'a.yaml')
    await writeFile(path, 'old, and longer than the new')
    const before = await stat(path)
    await writeFileAtomic(path, Buffer.from('new'))
    expect(await readFile(path, 'utf8')).toBe('new')
    expect((await stat(path)).ino).not.toBe(before.ino)
  })

  it('a failed write throws, keeps what was there and leaves no temporary file', async () => {
    const path = join(folder, 'taken')
    await mkdir(path)
    await writeFile(join(path, 'inside'), '')
    await expect(writeFileAtomic(path, 'x')).rejects.toMatchObject({ code: 'EISDIR' })
    expect(await readdir(folder)).toEqual(['taken'])
  })

  it('readers see one whole version while many are written at once', async () => {
    const path = join(folder, 'a.json')
    const version = (n: number): string => JSON.stringify({ n, filler: 'x'.repeat(20_000) })
    await writeFileAtomic(path, version(0))
    const writes = Promise.all(
      Array.from({ length: 20 }, (_, n) => writeFileAtomic(path, version(n))),
    )
    const seen = await Promise.all(Array.from({ length: 40 }, () => readFile(path, 'utf8')))
    await writes
    for (const text of seen) expect(text).toBe(version(JSON.parse(text).n))
    expect(await readdir(folder)).toEqual(['a.json'])
  })
})
