// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are placeholders of the file
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { topologyJsonSchema } from './editor-schema.ts'
import { KINDS } from './testing/kinds.ts'
import { loadText } from './testing/load.ts'

const schema = topologyJsonSchema(KINDS)
const validate = new Ajv({ strict: true, strictRequired: false, strictTypes: false }).compile(
  schema,
)
const accepts = (text: string): boolean => validate(parse(text))

describe('the schema for editors', () => {
  it.each([
    ['the smallest topology', 'cluster: home'],
    [
      'every kind of place',
      'services: { a: { kind: engine, host: h }, b: { kind: engine, url: "http://10.0.0.1" }, c: { kind: inside } }',
    ],
    ['a placeholder for a port', 'listen: { port: "${env:PORT:-9999}" }'],
    [
      'a placeholder for a boolean',
      'services: { a: { kind: engine, host: h, manage: "${env:M}" } }',
    ],
    [
      'a placeholder for a word of a list',
      'services: { a: { kind: engine, host: h, mode: "${env:M}" } }',
    ],
    ['a placeholder for an address', 'hosts: { h: { address: "${env:IP}", user: "${env:USER}" } }'],
    [
      'a placeholder within a name',
      'hosts: { h: { address: 10.0.0.1, hf_home: "/srv/${env:USER}/hf" } }',
    ],
    [
      'a placeholder among GPU numbers',
      'services: { a: { kind: engine, host: h, gpus: ["${env:G}", 1] } }',
    ],
    ['a placeholder for all GPUs', 'services: { a: { kind: engine, host: h, gpus: "${env:G}" } }'],
    ['a duration', 'services: { a: { kind: engine, host: h, request_timeout: 30s } }'],
  ])('takes %s', (_, text) => {
    expect(accepts(text)).toBe(true)
  })

  it.each([
    ['an unknown key', 'clutser: home'],
    ['an unknown key of a host', 'hosts: { h: { adress: 10.0.0.1 } }'],
    ['an unknown key of a kind', 'services: { a: { kind: engine, host: h, prot: 1 } }'],
    ["another kind's key", 'services: { a: { kind: plain, host: h, port: 1, nodes: [h] } }'],
    ['an unknown kind', 'services: { a: { kind: engin, host: h } }'],
    ['a service without kind', 'services: { a: { host: h } }'],
    ['a service without place', 'services: { a: { kind: engine } }'],
    [
      'a service with two places',
      'services: { a: { kind: engine, host: h, url: "http://10.0.0.1" } }',
    ],
    ['a place for a kind that runs inside', 'services: { a: { kind: inside, host: h } }'],
    ['a text for a port', 'listen: { port: "9999" }'],
    ['a placeholder of no known form', 'listen: { port: "${PORT}" }'],
    ['an id in capitals', 'hosts: { H: { address: 10.0.0.1 } }'],
    ['a service id in capitals', 'services: { A: { kind: inside } }'],
    ['a number without unit', 'services: { a: { kind: engine, host: h, request_timeout: 30 } }'],
    ['a word that is not offered', 'services: { a: { kind: engine, host: h, mode: slo } }'],
    ['a webhook without a name', 'webhooks: [{ url: "http://10.0.0.1" }]'],
  ])('refuses %s', (_, text) => {
    expect(accepts(text)).toBe(false)
  })

  it('takes everything that loads, as the test data show', () => {
    const folder = join(import.meta.dirname, 'testdata')
    const texts = readdirSync(folder)
      .map((name) => readFileSync(join(folder, name), 'utf8').split('----------\n')[0] ?? '')
      .filter((text) => loadText(text).topology !== null)
    expect(texts.length).toBeGreaterThan(2)
    for (const text of texts) expect(accepts(text), text).toBe(true)
  })

  it('has a description for every key a person writes', () => {
    const silent: string[] = []
    const visit = (node: unknown, path: string): void => {
      if (typeof node !== 'object' || node === null) return
      const { properties } = node as { properties?: Record<string, object> }
      for (const [key, value] of Object.entries(properties ?? {}))
        if (!('description' in value) && !path.endsWith('if')) silent.push(`${path}.${key}`)
      for (const [key, value] of Object.entries(node)) visit(value, `${path}.${key}`)
    }
    visit(schema, '')
    expect(silent).toEqual([])
  })

  it('does not depend on the order of kinds, and holds nothing but JSON', () => {
    expect(topologyJsonSchema([...KINDS].reverse())).toEqual(schema)
    expect(JSON.parse(JSON.stringify(schema))).toEqual(schema)
    expect(JSON.stringify(schema)).not.toContain('"x-')
  })
})
