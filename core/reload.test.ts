import { Type } from '@sinclair/typebox'
import fc from 'fast-check'
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import type { LoadedKind } from './catalog.ts'
import { doorMounts } from './http/mounts.ts'
import type { Service, ServicePlugin } from './plugin.ts'
import { createRegistry, type RegistryDeps } from './registry.ts'
import { loadTopology } from './topology/load.ts'
import type { Topology } from './topology/topology.ts'
import type { GatedUpstream } from './upstream/upstream.ts'

const settings = Type.Object({ level: Type.Integer({ default: 1 }) })
const starts: string[] = []
const stops: string[] = []
const lamp = {
  apiVersion: 1,
  kind: 'lamp',
  title: 'Lamp',
  place: 'host',
  settings,
  api: {},
  start(service) {
    if (service.settings.level === 13) throw new Error('the fuse is blown')
    starts.push(service.id)
    return {
      handlers: {},
      probe: async () => ({ state: 'up' }),
      stop: async () => void stops.push(service.id),
    }
  },
} satisfies ServicePlugin<typeof settings, Record<never, never>>
const kinds = new Map<string, LoadedKind>([
  [
    'lamp',
    {
      plugin: lamp as unknown as ServicePlugin,
      folder: '/nowhere',
      isOutOfTree: false,
      hasTileModule: false,
    },
  ],
])

const busy = new Set<string>()
const registryDeps = {
  hosts: { get: () => ({ address: '127.0.0.1' }), ids: () => [] },
  clock: { now: () => 0, sleep: async () => {} },
  log: pino({ level: 'silent' }),
  jobsOf: () => ({}),
  jobsOfKind: () => ({}),
  recipesOf: () => ({}),
  storeOf: () => ({}),
  createUpstream: () => ({}),
  changed() {},
  probeSoon() {},
  hasActiveJob: (id: string) => busy.has(id),
  onStarted() {},
  onStopped() {},
} as unknown as RegistryDeps

interface Draft {
  hosts: Record<string, string>
  services: Record<string, { host: string; port: number; level: number; typo?: boolean }>
  disabled: string[]
}

const write = ({ hosts, services, disabled }: Draft): string =>
  [
    'cluster: test',
    'hosts:',
    ...Object.entries(hosts).map(([id, address]) => `  ${id}: { address: ${address} }`),
    'services:',
    ...Object.entries(services).map(
      ([id, { host, port, level, typo }]) =>
        `  ${id}: { kind: lamp, host: ${host}, port: ${port}, ${typo ? 'levle' : 'level'}: ${level} }`,
    ),
    `disabled: [${disabled.join(', ')}]`,
    '',
  ].join('\n')

const first: Draft = {
  hosts: { h1: '10.0.0.1', h2: '10.0.0.2' },
  services: Object.fromEntries(
    [1, 2, 3, 4, 5, 6].map((n) => [
      `s${n}`,
      { host: n % 2 ? 'h1' : 'h2', port: 9000 + n, level: n },
    ]),
  ),
  disabled: ['s6'],
}

type Edit = (draft: Draft) => void
const edits: fc.Arbitrary<Edit> = fc
  .tuple(
    fc.integer({ min: 1, max: 8 }),
    fc.integer({ min: 0, max: 7 }),
    fc.integer({ min: 1, max: 60 }),
  )
  .map(
    ([n, act, value]): Edit =>
      (draft) => {
        const id = `s${n}`
        const service = draft.services[id]
        if (act === 0) draft.services[id] = { host: 'h1', port: 9100 + n, level: value }
        else if (act === 1) delete draft.services[id]
        else if (act === 2 && service) service.level = value
        else if (act === 3 && service) service.typo = true
        else if (act === 4 && service) service.host = value % 3 ? 'h2' : 'h3'
        else if (act === 5) draft.hosts.h2 = `10.0.1.${value}`
        else if (act === 6 && service) draft.disabled = draft.disabled.length ? [] : [id]
        else if (act === 7 && service) service.port = value % 4 ? 9200 + n : 9001
      },
  )

const read = (draft: Draft): Topology | null =>
  loadTopology({
    text: write(draft),
    file: 'topology.yaml',
    kinds: [{ kind: 'lamp', place: 'host', settings }],
    env: {},
    readFile: () => '',
    reservedSegments: [],
  }).topology

/** What a service stands on, told independently of the registry. */
const shape = (draft: Draft): Map<string, string> =>
  new Map(
    Object.entries(draft.services)
      .filter(([id]) => !draft.disabled.includes(id))
      .map(([id, service]) => [id, JSON.stringify([service, draft.hosts[service.host]])]),
  )

describe('a reload', () => {
  it('applies no bad edit and restarts exactly what a good one touches, 200 times over', async () => {
    const registry = createRegistry(registryDeps)
    let draft = first
    const topology = read(first)
    expect(topology).not.toBeNull()
    await registry.apply(topology as Topology, kinds)
    let good = 0
    let bad = 0
    for (const edit of fc.sample(edits, { numRuns: 200, seed: 7 })) {
      const next = structuredClone(draft)
      edit(next)
      starts.length = 0
      stops.length = 0
      const parsed = read(next)
      if (!parsed) {
        bad++
        expect(registry.services().map(({ spec }) => spec.id)).toEqual([...shape(draft).keys()])
        continue
      }
      good++
      const before = shape(draft)
      const after = shape(next)
      await registry.apply(parsed, kinds)
      const changed = (a: Map<string, string>, b: Map<string, string>) =>
        [...a]
          .filter(([id, is]) => b.get(id) !== is && !is.includes('"level":13'))
          .map(([id]) => id)
      expect(starts.sort()).toEqual(changed(after, before).sort())
      expect(stops.sort()).toEqual(changed(before, after).sort())
      draft = next
    }
    expect(Math.min(good, bad)).toBeGreaterThan(20)
    await registry.close()
  })

  it('leaves a service with a running job alone until the job has ended', async () => {
    const registry = createRegistry(registryDeps)
    await registry.apply(read(first) as Topology, kinds)
    const next = structuredClone(first)
    delete next.services.s1
    const level = next.services.s2
    if (level) level.level = 40
    busy.add('s1').add('s2')
    stops.length = 0
    await registry.apply(read(next) as Topology, kinds)
    expect(stops).toEqual([])
    expect([...registry.pending()]).toEqual(['s1', 's2'])
    busy.clear()
    await registry.apply(read(next) as Topology, kinds)
    expect(stops.sort()).toEqual(['s1', 's2'])
    expect([...registry.pending()]).toEqual([])
    await registry.close()
  })

  it('keeps the failure of one service to that service', async () => {
    const registry = createRegistry(registryDeps)
    const draft = structuredClone(first)
    const broken = draft.services.s3
    if (broken) broken.level = 13
    await registry.apply(read(draft) as Topology, kinds)
    const failed = registry.services().filter(({ failure }) => failure)
    expect(failed.map(({ spec, failure }) => [spec.id, failure?.message])).toEqual([
      ['s3', 'the fuse is blown'],
    ])
    expect(registry.services().length).toBe(5)
    await registry.close()
  })

  it('lets go of the servers of a service whose end fails', async () => {
    let closed = 0
    const start = (service: Service) => {
      service.http()
      return { handlers: {}, stop: () => Promise.reject(new Error('it does not end')) }
    }
    const stuck = { ...(kinds.get('lamp') as LoadedKind), plugin: { ...lamp, start } }
    const registry = createRegistry({
      ...registryDeps,
      createUpstream: () => ({ close: async () => void closed++ }) as unknown as GatedUpstream,
    })
    await registry.apply(read(first) as Topology, new Map([['lamp', stuck as never]]))
    await registry.close()
    expect(closed).toBe(5)
  })

  it('keeps a kind that cannot be opened, or stopped, to that kind', async () => {
    const open = () => {
      throw new Error('the door is stuck')
    }
    const stuck = { ...(kinds.get('lamp') as LoadedKind), plugin: { ...lamp, open } }
    const registry = createRegistry(registryDeps)
    await registry.apply(read(first) as Topology, new Map([['lamp', stuck as never]]))
    expect(registry.kinds().map(({ failure }) => failure?.message)).toEqual(['the door is stuck'])
    expect(doorMounts(registry).map(({ failure }) => failure?.message)).toEqual([
      'the door is stuck',
    ])
    expect(registry.services().length).toBe(5)
    await registry.close()
  })
})
