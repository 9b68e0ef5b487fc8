import { Type } from '@sinclair/typebox'
import { expect, test } from 'vitest'
import type { KindFacts } from './kind-facts.ts'
import { KINDS } from './testing/kinds.ts'
import { loadText } from './testing/load.ts'

/** May do without a port. */
const QUIET: KindFacts = {
  ...{ kind: 'quiet', place: 'host', defaultPort: null },
  settings: Type.Object({}),
}

const codes = (services: string) =>
  loadText(
    `cluster: c
hosts:
  spark-1: { address: 192.168.1.101, user: sam }
  spark-2: { address: 192.168.1.102, user: sam }
services:
${services}`,
    { kinds: [...KINDS, QUIET] },
  ).diagnostics.map(({ code, path }) => `${code} ${path}`)

test.each([
  [
    'one of a further server and one of a service on its host',
    `  a: { kind: engine, host: spark-1, index: { host: spark-2, container: index } }
  b: { kind: engine, host: spark-2, container: index }`,
    ['CONTAINER_TWICE services.b.container'],
  ],
  [
    'two of one name, of further servers on different hosts',
    `  a: { kind: engine, host: spark-1, container: a, index: { container: index } }
  b: { kind: engine, host: spark-2, container: b, index: { container: index } }`,
    [],
  ],
  [
    'one of a server that several services share',
    `  a: { kind: engine, host: spark-1, container: a, helper: { host: spark-2, port: 7, container: helper } }
  b: { kind: engine, host: spark-2, container: b, helper: { port: 7, container: helper } }`,
    [],
  ],
])('containers: %s', (_, services, expected) => {
  expect(codes(services).filter((each) => each.startsWith('CONTAINER'))).toEqual(expected)
})

test('a service of a kind that may do without a port has none, and clashes with nobody', () => {
  const settings = `  a: { kind: quiet, host: spark-1 }
  b: { kind: quiet, host: spark-1 }`
  expect(codes(settings)).toEqual([])
})
