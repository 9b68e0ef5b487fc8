import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { BUILT_IN_PLUGINS, checkPlugin, loadCatalog } from '../core/catalog.ts'

const catalog = await loadCatalog()
const kinds = readdirSync(BUILT_IN_PLUGINS, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)

const sources = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))

const importsOf = (text: string): string[] =>
  [...text.matchAll(/(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g)].map(([, name]) => name ?? '')

describe.each(kinds)('the kind %s', (kind) => {
  const folder = join(BUILT_IN_PLUGINS, kind)

  it('is loaded from its folder and keeps the contract', () => {
    expect(catalog.problems).toEqual([])
    const loaded = catalog.kinds.get(kind)
    expect(loaded).toBeDefined()
    expect(() => loaded && checkPlugin(loaded.plugin, kind)).not.toThrow()
  })

  it('has a README', () => {
    expect(existsSync(join(folder, 'README.md'))).toBe(true)
  })

  it('imports only #core, #ui, packages and its own folder', () => {
    const strays = sources(folder)
      .filter((file) => !file.includes('.test.'))
      .flatMap((file) =>
        importsOf(readFileSync(file, 'utf8'))
          .filter((name) => name.startsWith('.') || name.startsWith('#'))
          .filter((name) =>
            name.startsWith('#')
              ? !['#core', '#ui'].includes(name)
              : !join(file, '..', name).startsWith(folder),
          )
          .map((name) => `${file} imports ${name}`),
      )
    expect(strays).toEqual([])
  })

  it('is named nowhere in core or ui', () => {
    const root = join(BUILT_IN_PLUGINS, '..')
    const named = [...sources(join(root, 'core')), ...sources(join(root, 'ui'))]
      .filter((file) => !/\.test\.|\/testing\/|\/testdata\//.test(file))
      .filter((file) => nameOf(kind).test(readFileSync(file, 'utf8')))
    expect(named).toEqual([])
  })
})

/** Words core needs for the thing itself; of such a kind only its folder may not be named. */
const COMMON_WORDS: ReadonlySet<string> = new Set(['container'])

const nameOf = (kind: string): RegExp =>
  new RegExp(COMMON_WORDS.has(kind) ? `plugins/${kind}\\b` : `['"\`./]${kind}['"\`./]`)
