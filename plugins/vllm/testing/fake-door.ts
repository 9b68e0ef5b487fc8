import type { Kind } from '#core'
import type { ConfigFacts } from '../config/config-facts.ts'
import type { HostScan } from '../disk/scan-host.ts'
import { openDoor } from '../door.ts'
import type { Settings } from '../settings.ts'
import type { ModelsView } from '../views.ts'
import type { FakeCluster } from './fake-cluster.ts'
import { createFakeService, createFakeStore, type FakeServiceOptions } from './fake-service.ts'
import { sampleRecipe } from './samples.ts'

/** What the config.json of an 8B dense model says. */
const FACTS: ConfigFacts = {
  modelType: 'qwen3',
  architecture: 'Qwen3ForCausalLM',
  contextLimit: 40960,
  quantization: 'none',
  quantizationBecause: 'no quantization is named',
  hasFp8Cache: false,
  isMoe: false,
  capabilities: ['chat'],
  heads: 32,
  layout: { groups: [{ kind: 'full', count: 36, kvHeads: 8, keyDim: 128, valueDim: 128 }] },
  cacheBytesPerToken: 73728,
  parameters: 8.19e9,
  estimatedWeightBytes: 16.4e9,
  markers: ['template'],
}

/** A model as a scan found it. */
export const onDisk = (repo: string, change: object = {}) => ({
  key: repo.replaceAll('/', '--'),
  repo,
  source: 'hf-cache',
  revision: 'abc',
  state: 'ready',
  sizeBytes: 40e9,
  weightBytes: 39e9,
  lastUsedAtS: 1_790_000_000,
  facts: FACTS,
  ...change,
})

/** What one host's disk holds. */
export const scanOf = (host: string, models: object[], change: Partial<HostScan> = {}) =>
  ({
    host,
    scannedAt: Date.UTC(2026, 10, 24, 11),
    error: null,
    warning: null,
    hubPath: '/h',
    memoryBytes: 128e9,
    gpuMemoryBytes: null,
    disk: null,
    models,
    ...change,
  }) as HostScan

/** A door over kept scans: the hosts answer no scan, so what was kept stays, marked stale. */
export function openFakeDoor(
  cluster: FakeCluster,
  scans: HostScan[],
  options: FakeServiceOptions = {},
) {
  const service = createFakeService(cluster, {
    recipes: [
      sampleRecipe(),
      sampleRecipe({ repo: 'Org/Wide', title: 'Wide', nodes: 2, tensor_parallel: 2 }),
    ],
    ...options,
  })
  const store = createFakeStore()
  for (const scan of scans) store.set(`scan:${scan.host}`, scan)
  for (const id of cluster.hosts.keys()) cluster.faults.down.add(id)
  const stop = new AbortController()
  const kind = {
    kind: 'vllm',
    services: () => [service],
    pick: () => service,
    hosts: cluster.hosts,
    jobs: { ...service.jobs, active: () => options.active ?? [] },
    recipes: service.recipes,
    store,
    changed: () => undefined,
    clock: {
      now: cluster.clock.now,
      sleep: (_: number, signal?: AbortSignal) => untilAborted(signal),
    },
    log: service.log,
    signal: stop.signal,
  } as unknown as Kind<Settings>
  const door = openDoor(kind)
  const call = <B>(body: B, more: object = {}) => ({
    params: {},
    query: {},
    body,
    signal: stop.signal,
    caller: { address: '192.0.2.9' },
    ...more,
  })
  return {
    service,
    handlers: door.handlers,
    explain: (model: string) => door.explainModel?.(model),
    call,
    /** The hosts answer again; scans are no longer asked for in these tests. */
    wake: async () => {
      await door.handlers['GET /api/models'](call(undefined) as never)
      cluster.faults.down.clear()
    },
    async models(): Promise<ModelsView> {
      const { value } = await door.handlers['GET /api/models'](call(undefined) as never)
      return value
    },
    async swap(body: object) {
      const handler = door.handlers['POST /api/swap']
      const plan = await handler.plan(call(body) as never)
      return { plan, answer: await handler.apply(plan, call(body) as never) }
    },
    stop: () => stop.abort(new Error('test over')),
  }
}

const untilAborted = (signal?: AbortSignal): Promise<void> =>
  new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)))
