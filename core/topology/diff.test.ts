import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { diffTopology } from './diff.ts'
import { loadText } from './testing/load.ts'
import type { Topology } from './topology.ts'

const read = (text: string): Topology => {
  const { topology, diagnostics } = loadText(text)
  if (!topology) throw new Error(JSON.stringify(diagnostics))
  return topology
}

const BASE = `
cluster: home
hosts:
  one: { address: 192.168.1.101, user: alice }
  two: { address: 192.168.1.102, user: alice }
  three: { address: 192.168.1.103 }
services:
  llm: { kind: engine, host: one, nodes: [one, two] }
  asr: { kind: plain, host: two, port: 8000 }
  far: { kind: plain, host: one, port: 8001 }
  near: { kind: engine, host: one, port: 8002, container: near, gpus: [1], index: { host: three } }
  redact: { kind: inside }
`
const diffAfter = (from: string, to: string) => {
  expect(BASE).toContain(from)
  return diffTopology(read(BASE), read(BASE.replace(from, to)))
}
const ALL = ['llm', 'asr', 'far', 'near', 'redact']

describe('diffTopology', () => {
  it('finds everything added where there was nothing', () => {
    const diff = diffTopology(null, read(BASE))
    expect(diff.services).toEqual({ added: ALL, removed: [], changed: [], untouched: [] })
    expect(diff.hosts.added).toEqual(['one', 'two', 'three'])
    expect(diff.keys).toEqual(['cluster', 'listen', 'access', 'plugins'])
  })

  it('finds nothing changed in another text of the same meaning', () => {
    const diff = diffAfter('{ kind: inside }', '{ rules: [], kind: inside } # as ever')
    expect(diff.services).toEqual({ added: [], removed: [], changed: [], untouched: ALL })
    expect(diff.keys).toEqual([])
  })

  it.each([
    ['a key of its own', 'port: 8000', 'port: 8009', ['asr']],
    ['a key of its kind', 'gpus: [1]', 'gpus: [2]', ['near']],
    ['its kind', 'kind: inside', 'kind: plain, host: two, port: 1', ['redact']],
    ['the address of its host', '192.168.1.102', '192.168.1.112', ['llm', 'asr']],
    ['the user of its host', 'three: { ', 'three: { user: bob, ', ['near']],
    ['the SSH port of its host', '103 }', '103, ssh: { port: 2222 } }', ['near']],
    ['the host of a further server', 'index: { host: three }', 'index: { host: two }', ['near']],
  ])('a service is changed by %s, and no other is', (_, from, to, changed) => {
    const diff = diffAfter(from, to)
    expect(diff.services.changed).toEqual(changed)
    expect(diff.services.untouched).toEqual(ALL.filter((id) => !changed.includes(id)))
  })

  it('the order of services and the name of the cluster touch no service', () => {
    const asr = '  asr: { kind: plain, host: two, port: 8000 }\n'
    const diff = diffTopology(
      read(BASE),
      read(`${BASE.replace(asr, '')}${asr}`.replace('home', 'lab')),
    )
    expect(diff.services.untouched.sort()).toEqual([...ALL].sort())
    expect(diff.keys).toEqual(['cluster'])
  })

  it('disabling removes, and enabling adds', () => {
    const off = read(`${BASE}disabled: [asr]`)
    expect(diffTopology(read(BASE), off).services.removed).toEqual(['asr'])
    expect(diffTopology(off, read(BASE)).services.added).toEqual(['asr'])
    expect(diffTopology(off, off).services.untouched).not.toContain('asr')
  })

  it('a service may be called like a method of objects', () => {
    const odd = read(`${BASE}  valueof: { kind: inside }\n`)
    expect(diffTopology(read(BASE), odd).services.added).toEqual(['valueof'])
  })
})

describe('200 random edits, good and bad', () => {
  const ids = ['a', 'b', 'c', 'd', 'e']
  const hosts = ['h1', 'h2', 'h3']
  interface Entry {
    kind: 'engine' | 'plain' | 'inside'
    host: string
    node: string
    port: number
  }
  interface State {
    addresses: Record<string, number>
    entries: Record<string, Entry>
    disabled: string[]
  }
  const write = ({ addresses, entries, disabled }: State, spoil = ''): string =>
    [
      'hosts:',
      ...hosts.map((id) => `  ${id}: { address: 10.0.0.${addresses[id]}, user: alice }`),
      'services:',
      '  fixed: { kind: inside }',
      ...Object.entries(entries).map(([id, { kind, host, node, port }]) => {
        if (kind === 'inside') return `  ${id}: { kind: inside }`
        if (kind === 'plain') return `  ${id}: { kind: plain, host: ${host}, port: ${port} }`
        const nodes = host === node ? `[${host}]` : `[${host}, ${node}]`
        return `  ${id}: { kind: engine, host: ${host}, port: ${port}, nodes: ${nodes}, container: ${id} }`
      }),
      `disabled: [${disabled.filter((id) => entries[id]).join(', ')}]`,
      spoil,
    ].join('\n')

  const entry = fc.record({
    kind: fc.constantFrom('engine' as const, 'plain' as const, 'inside' as const),
    host: fc.constantFrom(...hosts),
    node: fc.constantFrom(...hosts),
  })
  const SPOILS = ['clutser: x', 'cluster: [', '\tcluster: x', 'disabled: []', 'listen: { port: 0 }']
  type Edit =
    | { do: 'put'; id: string; entry: Omit<Entry, 'port'> }
    | { do: 'drop' | 'toggle'; id: string }
    | { do: 'move'; host: string; address: number }
    | { do: 'spoil'; text: string }
  const edit: fc.Arbitrary<Edit> = fc.oneof(
    fc.record({ do: fc.constant('put' as const), id: fc.constantFrom(...ids), entry }),
    fc.record({
      do: fc.constantFrom('drop' as const, 'toggle' as const),
      id: fc.constantFrom(...ids),
    }),
    fc.record({
      do: fc.constant('move' as const),
      host: fc.constantFrom(...hosts),
      address: fc.integer({ min: 1, max: 20 }),
    }),
    fc.record({ do: fc.constant('spoil' as const), text: fc.constantFrom(...SPOILS) }),
  )
  const applyEdit = (state: State, step: Edit): State => {
    const { addresses, entries, disabled } = structuredClone(state)
    if (step.do === 'put') entries[step.id] = { ...step.entry, port: 8000 + ids.indexOf(step.id) }
    if (step.do === 'drop') delete entries[step.id]
    if (step.do === 'move') addresses[step.host] = step.address
    const toggled = disabled.includes(step.do === 'toggle' ? step.id : '')
      ? disabled.filter((id) => step.do !== 'toggle' || id !== step.id)
      : [...disabled, ...(step.do === 'toggle' ? [step.id] : [])]
    return { addresses, entries, disabled: toggled }
  }

  it('restart no service that they do not touch, and a bad one applies nothing', () => {
    const start: State = { addresses: { h1: 1, h2: 2, h3: 3 }, entries: {}, disabled: [] }
    let bad = 0
    let good = 0
    fc.assert(
      fc.property(fc.array(edit, { minLength: 200, maxLength: 200 }), (edits) => {
        let state = start
        let inForce = read(write(state))
        // what runs, by the spec and hosts it was started with; replaced only where the diff says so
        const running = new Map<string, string>()
        const footing = (topology: Topology, id: string): string => {
          const spec = topology.services[id]
          return JSON.stringify([spec, (spec?.uses ?? []).map((host) => topology.hosts[host])])
        }
        running.set('fixed', footing(inForce, 'fixed'))
        for (const step of edits) {
          const next = applyEdit(state, step)
          const text = write(next, step.do === 'spoil' ? step.text : '')
          const { topology } = loadText(text)
          if (!topology) {
            bad++
            continue
          }
          good++
          expect(step.do).not.toBe('spoil')
          const { services } = diffTopology(inForce, topology)
          for (const id of services.untouched) expect(running.get(id)).toBe(footing(topology, id))
          for (const id of [...services.removed, ...services.changed]) {
            expect(running.has(id)).toBe(true)
            running.delete(id)
          }
          for (const id of [...services.added, ...services.changed]) {
            expect(running.has(id)).toBe(false)
            running.set(id, footing(topology, id))
          }
          expect(services.untouched).toContain('fixed')
          const wanted = Object.values(topology.services).filter((spec) => !spec.isDisabled)
          expect([...running.keys()].sort()).toEqual(wanted.map(({ id }) => id).sort())
          state = next
          inForce = topology
        }
      }),
      { numRuns: 2 },
    )
    expect(bad).toBeGreaterThan(20)
    expect(good).toBeGreaterThan(100)
  })
})
