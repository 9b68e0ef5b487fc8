import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { loadCatalog } from '../catalog.ts'
import { kindFacts, readTopologyText } from '../check-file.ts'
import { topologyJsonSchema } from './editor-schema.ts'
import { Host, Root, SERVICE_KEYS } from './schema.ts'

const ROOT = join(import.meta.dirname, '../..')
const read = (name: string): string => readFileSync(join(ROOT, name), 'utf8')
const names = readdirSync(join(ROOT, 'examples'))
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => `examples/${name}`)
const kinds = kindFacts(await loadCatalog())
const validate = new Ajv({ allowUnionTypes: true, strict: false }).compile(
  topologyJsonSchema(kinds),
)

describe.each(['topology.example.yaml', ...names])('%s', (name) => {
  it('loads without a mistake or warning', async () => {
    const { topology, diagnostics } = await readTopologyText(join(ROOT, name), read(name))
    expect(diagnostics).toEqual([])
    expect(Object.keys(topology?.services ?? {})).not.toEqual([])
  })

  it('pleases the schema for editors, which it names in its first line', () => {
    validate(parse(read(name)))
    expect(validate.errors).toBeNull()
    const path = name.includes('/') ? '../topology.schema.json' : './topology.schema.json'
    expect(read(name).split('\n')[0]).toBe(`# yaml-language-server: $schema=${path}`)
  })
})

describe('topology.example.yaml', () => {
  const text = read('topology.example.yaml')

  it('is the dual-Spark example', () => {
    expect(text).toBe(read('examples/dual-spark.yaml').replace('$schema=../', '$schema=./'))
  })

  it('has every key of the core, and of the kinds it uses, as an entry or a comment', () => {
    const used = kinds.filter(({ kind }) => text.includes(`kind: ${kind}\n`))
    const keys = [
      ...Object.keys(Root.properties),
      ...Object.keys(Root.properties.listen.properties),
      ...Object.keys(Root.properties.access.properties),
      ...Object.keys(Host.properties),
      ...Object.keys(SERVICE_KEYS),
      ...used.flatMap(({ settings }) => Object.keys(settings.properties)),
    ]
    expect(used).not.toEqual([])
    expect(keys.filter((key) => !new RegExp(`^[ #]*${key}:`, 'm').test(text))).toEqual([])
  })
})
