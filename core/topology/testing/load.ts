import { expect } from 'vitest'
import { type LoadedTopology, type LoadOptions, loadTopology } from '../load.ts'
import { KINDS } from './kinds.ts'

/** Variables and files that test topologies may name. */
const ENV = {
  SPARK_IP: '192.168.1.101',
  ENGINE_PORT: '8001',
  WATCHED: 'false',
  WORD: 'eight',
  EMPTY: '',
  ENGINE_KEY: 'key-from-the-environment',
}
const FILES: Record<string, string> = { '/run/secrets/engine': 'key-from-a-file\n' }

/** Loads a text with the invented kinds, a small environment and two reserved ids. */
export function loadText(
  text: string | Uint8Array,
  options: Partial<LoadOptions> = {},
): LoadedTopology {
  return loadTopology({
    text,
    file: '/etc/spark/topology.yaml',
    kinds: KINDS,
    env: ENV,
    readFile(path) {
      const found = FILES[path]
      if (found === undefined) throw Object.assign(new Error('no such file'), { code: 'ENOENT' })
      return found
    },
    reservedSegments: ['jobs', 'models'],
    ...options,
  })
}

/** Two hosts, before whatever else a test writes. */
export const HOSTS = `
hosts:
  spark-1: { address: 192.168.1.101, user: alice }
  spark-2: { address: 192.168.1.102, user: alice }
`

/** The topology of a text without mistakes. */
export const loadGood = (text: string) => {
  const { topology, diagnostics } = loadText(text)
  expect(diagnostics).toEqual([])
  if (!topology) throw new Error('no topology')
  return topology
}
