import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { bundle } from './build.ts'

// Below a package of modules, as in the repository: there a bundle can load as nothing at all.
const root = mkdtempSync(join(tmpdir(), 'startos-bundle-'))
const folder = join(root, 'javascript')
beforeAll(async () => {
  writeFileSync(join(root, 'package.json'), '{ "type": "module" }')
  mkdirSync(folder)
  writeFileSync(join(folder, 'stale.js'), '')
  await bundle(folder)
})
afterAll(() => rmSync(root, { recursive: true }))

/** Runs a line of CommonJS in a folder that has no packages, and reads what it prints. */
const ask = (line: string): unknown =>
  JSON.parse(
    execFileSync(
      process.execPath,
      ['--no-deprecation', '-e', `console.log(JSON.stringify(${line}))`],
      {
        cwd: root,
        encoding: 'utf8',
      },
    ),
  )

it('exports the six names StartOS calls, and no other', () => {
  expect(
    ask(
      `Object.entries(require('./javascript/index.js')).map(([k, v]) => k + ' ' + typeof v).sort()`,
    ),
  ).toEqual([
    'actions object',
    'createBackup function',
    'init function',
    'main function',
    'manifest object',
    'uninit function',
  ])
})

it('gives start-cli the manifest by the command it asks with', () => {
  expect(ask(`require('${folder}/index.js').manifest`)).toMatchObject({
    id: 'spark-control',
    sdkVersion: '2.0.9',
    images: { 'spark-control': { source: { dockerBuild: {} } } },
  })
})

it('carries all it needs, and nothing of an earlier one', () => {
  const text = readFileSync(join(folder, 'index.js'), 'utf8')
  const wanted = [...text.matchAll(/\brequire\("([^"]+)"\)/g)].map(([, name]) => name ?? '')
  const builtin = new Set(process.getBuiltinModule('node:module').builtinModules)
  const foreign = wanted.filter((name) => !name.startsWith('node:') && !builtin.has(name))
  // node-fetch asks for it in vain, and does without
  expect(foreign).toEqual(['encoding'])
  expect(ask(`require('fs').readdirSync('javascript').sort()`)).toEqual([
    'index.js',
    'package.json',
  ])
})
