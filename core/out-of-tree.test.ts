import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, it } from 'vitest'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'out-of-tree-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const write = (name: string, text: string): void => {
  mkdirSync(dirname(join(folder, name)), { recursive: true })
  writeFileSync(join(folder, name), text)
}

/** Loads ./kind in a process of its own, since its hooks stay for as long as a process does. */
async function load(): Promise<unknown> {
  const catalog = new URL('./catalog.ts', import.meta.url).href
  const core = new URL('./index.ts', import.meta.url).href
  const script = `
    const { loadCatalog } = await import(${JSON.stringify(catalog)})
    const { ControlError, Type } = await import(${JSON.stringify(core)})
    const { kinds, problems } = await loadCatalog([${JSON.stringify(join(folder, 'kind'))}])
    const plugin = kinds.get('kind')?.plugin
    process.stdout.write(JSON.stringify({
      title: plugin?.title,
      isSameCore: plugin && plugin.seen.ControlError === ControlError,
      isSameType: plugin && plugin.seen.Type === Type,
      other: plugin?.seen.other,
      problems: problems.map(({ message }) => message),
    }))`
  const args = ['--input-type=module', '--eval', script]
  return JSON.parse((await promisify(execFile)(process.execPath, args)).stdout)
}

const PLUGIN = `
export default {
  apiVersion: 1, kind: 'kind', title: 'Kind', place: 'host', settings: Type.Object({}), api: {},
  start: () => { throw new Error('not here') },
`
const found = { title: 'Kind', isSameCore: true, isSameType: true, problems: [] }

it('gives TypeScript outside the tree the core that runs, by either of its names', async () => {
  write('package.json', '{ "type": "commonjs" }')
  write('kind/other.ts', "export { ControlError } from '#core'\nexport const word: string = 'hi'\n")
  write(
    'kind/index.ts',
    `import { Type } from 'spark-control'
     import { ControlError, word } from './other.ts'
     ${PLUGIN} seen: { ControlError, Type, other: word } }`,
  )
  expect(await load()).toEqual({ ...found, other: 'hi' })
})

it('takes plain JavaScript too, and ignores other copies of what the core brings', async () => {
  const fake = "exports.Type = 'another copy'; exports.ControlError = 'another copy'"
  for (const name of ['spark-control', '@sinclair/typebox']) {
    write(`node_modules/${name}/package.json`, `{ "name": "${name}", "main": "index.js" }`)
    write(`node_modules/${name}/index.js`, fake)
  }
  write('node_modules/left/package.json', '{ "name": "left", "main": "index.js" }')
  write('node_modules/left/index.js', "module.exports = 'of its own'")
  write(
    'kind/index.js',
    `import { ControlError } from 'spark-control'
     import { Type } from '@sinclair/typebox'
     import other from 'left'
     ${PLUGIN} seen: { ControlError, Type, other } }`,
  )
  expect(await load()).toEqual({ ...found, other: 'of its own' })
})

it('tells what is wrong with a folder, and loads the rest', async () => {
  write('kind/index.ts', "import { nothing } from 'no-such-package'\nexport default nothing\n")
  expect(await load()).toEqual({ problems: [expect.stringContaining('no-such-package')] })
})

it.each([
  ['const a = 1\nconst b == 2\nexport default {}\n', /^index\.ts:2: /],
  ['enum A { B }\nexport default {}\n', /^index\.ts:1: .*enum/],
  ['const a: any = undefined\n\nexport default { kind: a.b }\n', /^index\.ts:3: Cannot read/],
  ['export default () => ({})\n', /is no plain object$/],
  ['export const kind = {}\n', /is missing$/],
])('says of %j where in it the mistake is', async (text, sentence) => {
  write('kind/index.ts', text)
  expect(await load()).toEqual({ problems: [expect.stringMatching(sentence)] })
})
