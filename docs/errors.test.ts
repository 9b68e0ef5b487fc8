import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { BUILT_IN_PLUGINS } from '../core/catalog.ts'
import { CODES } from '../core/errors.ts'
import { MISTAKES } from '../core/topology/mistakes.ts'
import { pages, read } from './testing/code-blocks.ts'

/** Where code makes an error, a mistake or a note: its code stands as a literal behind one of these. */
const MADE =
  /(?:\b\w*[eE]rror\(|\brefus\w*\(|\bcode:|\bnew Refused\()\s*'([A-Z][A-Z]+(?:_[A-Z]+)+)'/g

const kinds = readdirSync(BUILT_IN_PLUGINS, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)

const sourcesOf = (kind: string): string =>
  readdirSync(join(BUILT_IN_PLUGINS, kind), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /(?<!\.test)\.ts$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !/\/(testing|ui)\//.test(path))
    .map((path) => readFileSync(path, 'utf8'))
    .join('\n')

const forPrograms = pages()
  .filter((page) => /^docs\/[A-Z_]+\.md$/.test(page))
  .map(read)
  .join('')

it.each(kinds)('the page of %s, or one for programs, has every code its source makes', (kind) => {
  const codes = [...sourcesOf(kind).matchAll(MADE)].map(([, code = '']) => code)
  const own = [...new Set(codes)].filter((code) => !(code in CODES) && !(code in MISTAKES))
  const page = read(`plugins/${kind}/README.md`) + forPrograms
  expect(own.filter((code) => !page.includes(`\`${code}\``))).toEqual([])
})
