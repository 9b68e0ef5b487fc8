import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { createMistakeList, MISTAKES } from '../core/topology/mistakes.ts'
import { parseYaml } from '../core/topology/parse-yaml.ts'
import { fillTables, readReference } from './topology-tables.ts'

const page = readFileSync(new URL('topology.md', import.meta.url), 'utf8')
const reference = await readReference()
const keys = [...reference].flatMap(([part, lines]) =>
  lines.map((line) => ({ ...line, name: `${part}: ${line.key}` })),
)

describe('docs/topology.md', () => {
  it('is what `npm run schema` makes of the schema today', () => {
    expect(fillTables(page, reference)).toBe(page)
  })

  it('has the keys of every place, and of every kind', () => {
    const parts = [...page.matchAll(/<!-- keys: (\w+) -->/g)].map(([, name]) => name)
    const core = [...reference.keys()].filter((name) => !name.startsWith('kind '))
    expect(parts.sort()).toEqual([...core, 'kinds'].sort())
  })

  it('says of every key what it means', () => {
    expect(keys.filter(({ meaning }) => meaning === '').map(({ name }) => name)).toEqual([])
  })

  // examples.test.ts reads the file they come from without a mistake
  it('shows every key in use, by examples/every-key.yaml', () => {
    const isShownByKeys = ({ key }: { key: string }) =>
      keys.some((other) => new RegExp(`^${key.replace('[]', '\\[]')}(\\[])?\\.`).test(other.key))
    const own = ['file: hosts', 'file: access.tokens', 'file: webhooks']
    const bare = keys.filter((line) => line.example === undefined && !isShownByKeys(line))
    expect(bare.map(({ name }) => name).filter((name) => !own.includes(name))).toEqual([])
  })

  it('writes examples that can be copied as they stand', () => {
    for (const { name, example } of keys) {
      const mistakes = createMistakeList()
      const parsed = parseYaml(`${example ?? 'none: 0'}\n`, mistakes)
      expect([name, mistakes.all(), typeof parsed?.value]).toEqual([name, [], 'object'])
    }
  })

  it('has a line for every mistake, and for no other', () => {
    const rows = page.slice(page.indexOf('## Every mistake')).matchAll(/^\| `([^`]+)`/gm)
    expect([...rows].map(([, code]) => code).sort()).toEqual(Object.keys(MISTAKES).sort())
  })
})
