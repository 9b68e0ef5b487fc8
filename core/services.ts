import type { Logger } from 'pino'
import type { Plan } from './api.ts'
import type { AuditNote } from './audit/audit-note.ts'
import type { LoadedKind } from './catalog.ts'
import { checkRunning } from './check-running.ts'
import { type ContainerRef, refsOf } from './containers/container-refs.ts'
import type { ContainerView } from './containers/container-view.ts'
import type { Containers } from './containers/containers.ts'
import { lookAtContainers } from './containers/service-containers.ts'
import type { WatchedContainer } from './containers/watch.ts'
import type { LeaseRef } from './coordination/lease.ts'
import { createKind } from './create-kind.ts'
import { asControlError, ControlError } from './errors.ts'
import type { NoticeView } from './events/event-view.ts'
import type { Host } from './hosts/host.ts'
import type { Hosts } from './hosts/hosts.ts'
import type { ServiceJobs } from './jobs/job.ts'
import { originOf } from './origin.ts'
import type { Clock, Kind, Open, Running, Service } from './plugin.ts'
import type { Recipes } from './recipes/recipes.ts'
import type { SecretFile } from './store/secret-file.ts'
import type { KeyValue } from './store/store.ts'
import { titleOf } from './title-of.ts'
import { isPublicPlace } from './topology/public-places.ts'
import type { ServiceSpec } from './topology/topology.ts'
import type { GatedUpstream } from './upstream/upstream.ts'

/** A service that was started, or failed to. */
export interface LiveService {
  readonly spec: ServiceSpec
  readonly loaded: LoadedKind
  readonly service: Service
  readonly upstreams: ReadonlyMap<string, GatedUpstream>
  /** Absent when `start` threw; `failure` says why. */
  readonly running?: Running
  readonly failure?: ControlError
  stop(): Promise<void>
}

/** A kind with at least one enabled service. */
export interface LiveKind {
  readonly loaded: LoadedKind
  readonly kind: Kind
  readonly open?: Open
  /** Why `open` threw. */
  readonly failure?: ControlError
  stop(): Promise<void>
}

/** What starting services needs from the composition root. */
export interface ServiceDeps {
  hosts: Hosts
  clock: Clock
  log: Logger
  jobsOf(service: string): ServiceJobs
  jobsOfKind(kind: string): ServiceJobs
  recipesOf(loaded: LoadedKind): Recipes
  storeOf(namespace: string): KeyValue
  secretFileOf(service: string, name: string): SecretFile
  audit(note: AuditNote): void
  /** `isPublic`: may leave the private ranges, for calls of the service's own alone. */
  createUpstream(
    spec: ServiceSpec,
    endpoint: string,
    origin: string,
    isPublic: boolean,
  ): GatedUpstream
  changed(topic: string, service: string | null): void
  probeSoon(service: string): void
  notify(notice: Omit<NoticeView, 'at'>): void
  /** Throws LEASE_HELD if somebody holds what a plan needs. */
  arbitrate?(plan: Plan | null): LeaseRef | undefined
  /** The services that are live now; asked anew at every call. */
  live(): readonly LiveService[]
  /** Throws SERVICE_DISABLED. */
  checkEnabled(service: string): void
  /** A container as it stood a moment ago, where that is known. */
  containerAct: Containers['actOf']
  containerLog: Containers['logOf']
  latestContainer?(container: WatchedContainer): ContainerView | undefined
}

/** Starts one service. A plugin whose `start` throws is that service's failure and nobody else's. */
export async function startService(
  spec: ServiceSpec,
  loaded: LoadedKind,
  deps: ServiceDeps,
): Promise<LiveService> {
  const abort = new AbortController()
  const upstreams = new Map<string, GatedUpstream>()
  const service = createService(spec, loaded, upstreams, abort.signal, deps)
  const stopCommon = async (running?: Running) => {
    abort.abort(new ControlError('SERVICE_GONE', `${spec.id} left the topology`))
    try {
      await running?.stop?.()
    } finally {
      // Answers under way end in their own time; a reload does not wait for them.
      for (const upstream of upstreams.values())
        upstream
          .close()
          .catch((err) => deps.log.warn({ service: spec.id, err }, 'upstream close failed'))
    }
  }
  try {
    const running = await loaded.plugin.start(service as Service<never>)
    checkRunning(loaded.plugin, running)
    return { spec, loaded, service, upstreams, running, stop: () => stopCommon(running) }
  } catch (thrown) {
    const failure = asControlError(thrown)
    deps.log.error({ service: spec.id, err: failure }, 'service could not be started')
    return { spec, loaded, service, upstreams, failure, stop: () => stopCommon() }
  }
}

/** Opens a kind's door. If its `open` throws, its paths say why, and nothing else is touched. */
export function openKind(loaded: LoadedKind, deps: ServiceDeps): LiveKind {
  const abort = new AbortController()
  const kind = createKind(loaded, abort.signal, deps)
  const close = async (open?: Open) => {
    abort.abort()
    await open?.stop?.()
  }
  try {
    const open = loaded.plugin.open?.(kind as Kind<never>)
    return { loaded, kind, ...(open && { open }), stop: () => close(open) }
  } catch (thrown) {
    const failure = asControlError(thrown)
    deps.log.error({ kind: kind.kind, err: failure }, 'kind could not be opened')
    return { loaded, kind, failure, stop: () => close() }
  }
}

function createService(
  spec: ServiceSpec,
  loaded: LoadedKind,
  upstreams: Map<string, GatedUpstream>,
  signal: AbortSignal,
  deps: ServiceDeps,
): Service {
  const port = spec.port ?? loaded.plugin.defaultPort ?? null
  const hostOf = (id: string): Host => deps.hosts.get(id, spec.user)
  const latestOf = (ref: ContainerRef) =>
    deps.latestContainer?.({ ...ref, ...(spec.user !== undefined && { user: spec.user }) })
  return {
    id: spec.id,
    kind: spec.kind,
    settings: spec.settings,
    get host() {
      if (spec.host === undefined)
        throw new ControlError('HOST_UNKNOWN', `service ${spec.id} has no host in the topology`)
      return hostOf(spec.host)
    },
    port,
    user: spec.user ?? null,
    get hosts() {
      return new Map(deps.hosts.ids().map((id) => [id, hostOf(id)]))
    },
    http(endpoint = 'main') {
      const known = upstreams.get(endpoint)
      if (known) return known
      const origin = originOf(spec, endpoint, port, (id) => deps.hosts.get(id).address)
      const isPublic = isPublicPlace(loaded.plugin.settings, endpoint)
      const upstream = deps.createUpstream(spec, endpoint, origin, isPublic)
      upstreams.set(endpoint, upstream)
      return upstream
    },
    containers: (options = {}) => {
      const refs = refsOf({ loaded, spec })
      const latest = options.depth === 'state' ? refs.map(latestOf) : [undefined]
      const isKnown = latest.every((view) => view !== undefined)
      if (isKnown) return Promise.resolve(latest)
      const hosts = new Map(refs.map(({ host }) => [host, hostOf(host)]))
      return lookAtContainers({ hosts }, refs, options)
    },
    containerAct: (act) => deps.containerAct(spec.id, act),
    containerLog: (options) => deps.containerLog(spec.id, options),
    peer(id) {
      const other = deps.live().find((live) => live.spec.id === id)
      return other && { id, kind: other.spec.kind, upstream: other.service.http() }
    },
    neighbours: () =>
      deps
        .live()
        .filter((live) => live.spec.id !== spec.id)
        .map((live) => ({
          id: live.spec.id,
          title: titleOf(live.spec, live.loaded),
          host: live.spec.host ?? null,
          containers: refsOf(live).map(({ name }) => name),
        })),
    jobs: deps.jobsOf(spec.id),
    recipes: deps.recipesOf(loaded),
    store: deps.storeOf(`service/${spec.id}`),
    secretFile: (name) => deps.secretFileOf(spec.id, name),
    audit: deps.audit,
    changed: (topic) => deps.changed(topic, spec.id),
    probeSoon: () => deps.probeSoon(spec.id),
    notify: (notice) => deps.notify({ subject: `service:${spec.id}`, ...notice }),
    clock: deps.clock,
    log: deps.log.child({ service: spec.id }),
    signal,
  }
}
