import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startos } from '../testing/package.ts'
import { judgeFolder } from './judge-folder.ts'
import type { Built } from './judge-manifest.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const OURS =
  'icon.svg LICENSE instructions.md package-lock.json tsconfig.json Makefile assets startos/manifest/index.ts Dockerfile .dockerignore'
const { manifest } = startos
const built = manifest as unknown as Built
const DOCKERFILE = readFileSync(join(ROOT, 'Dockerfile'), 'utf8')

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pack-check-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const write = (name: string, text = '') => {
  mkdirSync(dirname(join(folder, name)), { recursive: true })
  writeFileSync(join(folder, name), text)
}

it('of this project has what start-cli looks for', () => {
  expect(judgeFolder(ROOT, built)).toEqual([])
})

it('that is bare lacks each of them', () => {
  expect(judgeFolder(folder, built)).toEqual([
    'there is no icon',
    'there is no licence',
    'there is no instructions.md',
    'there is no package-lock.json',
    'there is no tsconfig.json',
    'there is no Makefile',
    'assets/ is missing or empty',
    'there is no startos/manifest/index.ts',
    'ARCHES has , image spark-control has arm,x86',
    'there is no Dockerfile',
    'there is no .dockerignore',
  ])
})

describe('what would be refused', () => {
  beforeEach(() => {
    for (const name of OURS.split(' '))
      cpSync(join(ROOT, name), join(folder, name), { recursive: true })
  })
  it.each<[string, () => void, RegExp]>([
    ['a second icon', () => write('Icon.png'), /several icons/],
    ['a folder called like a licence', () => write('license/x'), /several licences/],
    ['another licence', () => write('LICENSE', 'Apache License'), /not the MIT licence/],
    [
      'an icon that is too large',
      () => write('icon.svg', 'x'.repeat(40_961)),
      /larger than 40 KiB/,
    ],
    [
      'a second line with an id',
      () => write('startos/manifest/index.ts', "// id:\n  id: 'spark-control',"),
      /call the package/,
    ],
    ['an architecture left out', () => write('Makefile', 'ARCHES := x86\n'), /ARCHES has x86,/],
    [
      'an image that starts another program',
      () => write('Dockerfile', DOCKERFILE.replace('main.js', 'other.js')),
      /has "ENTRYPOINT .*other\.js"\]"; the package counts on \["node", "\/app\/core\/main\.js"\]/,
    ],
    [
      'an image of another user',
      () => write('Dockerfile', `${DOCKERFILE}USER root\n`),
      /has "USER root"; the package counts on 1000:1000/,
    ],
  ])('%s', (_what, change, sentence) => {
    change()
    expect(judgeFolder(folder, built)).toEqual([expect.stringMatching(sentence)])
  })

  it('an image of no certain version', () => {
    const images = {
      a: { source: { dockerTag: 'example/app:latest' }, arch: ['x86_64', 'aarch64'] },
    }
    expect(judgeFolder(folder, { ...built, images })).toEqual([
      'image a is not pinned: example/app:latest',
    ])
  })
})
