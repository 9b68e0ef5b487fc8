import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { MISTAKES } from './mistakes.ts'
import { AccessToken, Host, Root, SERVICE_KEYS } from './schema.ts'
import { Webhook } from './webhook-keys.ts'

const text = readFileSync(join(import.meta.dirname, '../../docs/topology.md'), 'utf8')
const rows = new Set([...text.matchAll(/^\| `([^`]+)`/gm)].map(([, name]) => name))
const keysOf = (schemas: object, prefix = ''): string[] =>
  Object.entries(schemas).flatMap(([key, schema]) =>
    schema.properties ? keysOf(schema.properties, `${prefix}${key}.`) : [prefix + key],
  )

describe('docs/topology.md', () => {
  it.each([
    ['key of the file', keysOf(Root.properties)],
    ['key of a host', keysOf(Host.properties)],
    ['key of a service', keysOf(SERVICE_KEYS)],
    ['key of a webhook', keysOf(Webhook.properties)],
    ['key of a token', keysOf(AccessToken.properties)],
    ['code', Object.keys(MISTAKES)],
  ])('has a line for every %s', (_, names) => {
    expect(names.filter((name) => !rows.has(name))).toEqual([])
  })

  it('has no line for what is not there', () => {
    const known = new Set([
      ...keysOf(Root.properties),
      ...keysOf(Host.properties),
      ...keysOf(SERVICE_KEYS),
      ...keysOf(Webhook.properties),
      ...keysOf(AccessToken.properties),
      ...Object.keys(MISTAKES),
    ])
    const strays = [...rows].filter((name) => !known.has(name ?? '') && !name?.startsWith('$'))
    expect(strays).toEqual([])
  })
})
