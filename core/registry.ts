import type { LoadedKind } from './catalog.ts'
import { ControlError } from './errors.ts'
import {
  type LiveKind,
  type LiveService,
  openKind,
  type ServiceDeps,
  startService,
} from './services.ts'
import type { ServiceSpec, Topology } from './topology/topology.ts'

/** What the registry tells the composition root. */
export interface RegistryDeps extends Omit<ServiceDeps, 'live' | 'checkEnabled'> {
  /** Whether a job of the service is queued or running: then it changes only afterwards. */
  hasActiveJob(service: string): boolean
  onStarted(live: LiveService): void
  onStopped(id: string): void
}

/**
 * The services and kinds that are live. `apply` moves them to a new topology touching only what
 * differs: everything else keeps its state, jobs and connections, and no model is ever stopped.
 */
export interface Registry {
  apply(topology: Topology, kinds: ReadonlyMap<string, LoadedKind>): Promise<void>
  services(): readonly LiveService[]
  /** Undefined where no service of the id is live. */
  get(id: string): LiveService | undefined
  kinds(): readonly LiveKind[]
  /** Throws SERVICE_UNKNOWN or SERVICE_DISABLED. */
  find(id: string): LiveService
  /** Ids of services that wait for their job before they change. */
  pending(): ReadonlySet<string>
  close(): Promise<void>
}

export function createRegistry(deps: RegistryDeps): Registry {
  const services = new Map<string, LiveService>()
  const kinds = new Map<string, LiveKind>()
  const fingerprints = new Map<string, string>()
  let disabled = new Set<string>()
  let pending = new Set<string>()
  const checkEnabled = (id: string): void => {
    if (!disabled.has(id)) return
    throw new ControlError('SERVICE_DISABLED', `service "${id}" is disabled in topology.yaml`, {
      hint: `take "${id}" out of the list under disabled:`,
    })
  }
  const serviceDeps: ServiceDeps = { ...deps, checkEnabled, live: () => [...services.values()] }

  const stop = async (id: string): Promise<void> => {
    const live = services.get(id)
    services.delete(id)
    fingerprints.delete(id)
    deps.onStopped(id)
    await live?.stop().catch((err) => deps.log.error({ service: id, err }, 'service stop failed'))
  }

  const stopKind = ({ loaded: { plugin }, stop }: LiveKind): Promise<void> =>
    stop().catch((err) => deps.log.error({ kind: plugin.kind, err }, 'kind stop failed'))

  const start = async (spec: ServiceSpec, loaded: LoadedKind, print: string): Promise<void> => {
    const live = await startService(spec, loaded, serviceDeps)
    services.set(spec.id, live)
    fingerprints.set(spec.id, print)
    deps.onStarted(live)
  }

  const apply: Registry['apply'] = async (topology, loadedKinds) => {
    const wanted = Object.values(topology.services).filter((spec) => !spec.isDisabled)
    disabled = new Set(
      Object.values(topology.services).flatMap((s) => (s.isDisabled ? [s.id] : [])),
    )
    pending = new Set()
    for (const id of [...services.keys()]) {
      const spec = wanted.find((candidate) => candidate.id === id)
      if (spec && fingerprintOf(spec, topology) === fingerprints.get(id)) continue
      if (deps.hasActiveJob(id)) pending.add(id)
      else await stop(id)
    }
    for (const spec of wanted) {
      const loaded = loadedKinds.get(spec.kind)
      if (loaded && !services.has(spec.id)) await start(spec, loaded, fingerprintOf(spec, topology))
    }
    sortLike(services, Object.keys(topology.services))
    await applyKinds(loadedKinds)
  }

  const applyKinds = async (loadedKinds: ReadonlyMap<string, LoadedKind>): Promise<void> => {
    const used = new Set([...services.values()].map((live) => live.spec.kind))
    for (const [name, live] of kinds) {
      if (used.has(name) && loadedKinds.get(name)?.plugin === live.loaded.plugin) continue
      kinds.delete(name)
      await stopKind(live)
    }
    for (const name of used) {
      const loaded = loadedKinds.get(name)
      if (loaded && !kinds.has(name)) kinds.set(name, openKind(loaded, serviceDeps))
    }
  }

  return {
    apply,
    services: () => [...services.values()],
    get: (id) => services.get(id),
    kinds: () => [...kinds.values()],
    pending: () => pending,
    find(id) {
      const live = services.get(id)
      if (live) return live
      checkEnabled(id)
      throw new ControlError('SERVICE_UNKNOWN', `no service "${id}"`, {
        hint: `services: ${[...services.keys()].join(', ') || 'none'}`,
      })
    },
    async close() {
      for (const id of [...services.keys()]) await stop(id)
      for (const live of kinds.values()) await stopKind(live)
      kinds.clear()
    },
  }
}

/** Everything a service is built from: its own entry and the hosts it names. */
function fingerprintOf(spec: ServiceSpec, topology: Topology): string {
  const { isDisabled: _, ...own } = spec
  const hosts = (spec.uses ?? []).map((id) => [id, topology.hosts[id]])
  return JSON.stringify([own, hosts])
}

function sortLike(services: Map<string, LiveService>, order: string[]): void {
  const rank = new Map(order.map((id, n) => [id, n]))
  const sorted = [...services].sort(([a], [b]) => (rank.get(a) ?? 0) - (rank.get(b) ?? 0))
  services.clear()
  for (const [id, live] of sorted) services.set(id, live)
}
