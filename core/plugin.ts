import type { Static, TObject } from '@sinclair/typebox'
import type { Logger } from 'pino'
import type { Answer, Api, Handlers, JsonRoute, OperateHandler, RawAnswer } from './api.ts'
import type { AuditNote } from './audit/audit-note.ts'
import type { ServiceContainers } from './containers/service-face.ts'
import type { FoundServer, Recognised } from './discover/found-server.ts'
import type { ControlError, Detail } from './errors.ts'
import type { Host } from './hosts/host.ts'
import type { OldNames } from './import/old-names.ts'
import type { JobDef, ServiceJobs } from './jobs/job.ts'
import type { Sample } from './knee/sample.ts'
import type { MetricFamily } from './metrics/family.ts'
import type { Recipes } from './recipes/recipes.ts'
import type { SecretFile } from './store/secret-file.ts'
import type { KeyValue } from './store/store.ts'
import type { KindLimits } from './topology/kind-facts.ts'
import type { Topology } from './topology/topology.ts'
import type { DoorCall } from './upstream/own-answer.ts'
import type { Upstream } from './upstream/upstream.ts'

/** Raised when the contract changes in a way old plugins notice. */
export const API_VERSION = 1

/**
 * A service kind: a plain object, the default export of plugins/<kind>/index.ts, checked by
 * `satisfies ServicePlugin<…>`.
 */
export interface ServicePlugin<
  S extends TObject = TObject,
  A extends Api = Api,
  K extends Api = Api,
> {
  apiVersion: typeof API_VERSION
  /** The folder's name, and the word behind `kind:` in topology.yaml. */
  kind: string
  /** What a service of it is called. */
  title: string
  /** Its services are called by their ids, since the title says too little of what they are. */
  isTitledById?: true
  /** `controller`: runs inside this process, so it takes neither host nor port nor url. */
  place: 'host' | 'controller'
  /** Port where the topology names none; null: it may do without one. */
  defaultPort?: number | null
  /** Requests a service takes at the same time where the topology does not say; default: all. */
  limits?: KindLimits
  /** This kind's own topology keys; may not repeat a core key. */
  settings: S
  /** Cross-checks of its own keys; `at` is a path within the service (`nodes.1`). */
  check?(service: CheckedService<Static<S>>, topology: Topology): KindMistake[]
  /** Routes of one service, under /api/<service id>. */
  api: A
  /** Cluster-wide paths, as they stand in the URL: `POST /api/swap`, `POST /v1/chat/completions`. */
  door?: K
  /** Shape of recipes/*.yaml. */
  recipe?: TObject
  /** What its shape cannot say of a recipe that is to be kept as KEY.yaml; asked for those that fit it. */
  checkRecipe?(recipe: unknown, key: string): Detail[]
  /** Named, resumable work. */
  jobs?: { [name: string]: JobDef<TObject, Static<S>> }
  tile?: TileSpec
  /** A typical request, by which `knee` measures how many the server takes at a time. */
  sample?(service: Service<Static<S>>, signal: AbortSignal): Promise<Sample>
  /** `plain`: core may start, stop and restart the containers its settings name, as they are. */
  containers?: 'plain'
  /** Tells whether a server on a machine outside the topology is of this kind. Sends GETs only. */
  recognise?(server: FoundServer): Promise<Recognised | undefined>
  /** What the first Spark Control called it, for `spark-control import`. */
  imports?: OldNames
  start(service: Service<Static<S>>): Running<A> | Promise<Running<A>>
  /** Once per kind: what spans its services. Handlers for `door`. */
  open?(kind: Kind<Static<S>>): Open<K>
}

export interface Open<K extends Api = Api> {
  handlers: Handlers<K>
  /** Why /v1 cannot serve a model no service has now (MODEL_LOADING, MODEL_NOT_LOADED), if known. */
  explainModel?(model: string): ControlError | undefined
  /**
   * Lets a /v1 request wait until its model can be answered; undefined: it is not for this kind to
   * wait, so the caller is told why at once. Throws what the caller is told instead.
   */
  hold?(request: HeldRequest): Hold | undefined
  /** Models that `hold` would wait for, for the list of /v1/models. */
  offered?(): readonly string[]
  stop?(): Promise<void>
}

/** A /v1 request that no service can answer now. */
export interface HeldRequest {
  /** The model it names; the first of `service` if it names none. */
  model: string
  /** The service that has the model and is about to stop. */
  service?: string
}

/** A request that waits for its model. */
export interface Hold {
  /** Resolves when the model is answered again; rejects with the ControlError the caller gets. */
  readonly ready: Promise<void>
  /** How it stands, in a few words on one line. */
  describe(): string
  /** Nobody waits any more. */
  leave(): void
}

export interface CheckedService<S> {
  id: string
  host?: string
  port?: number
  settings: S
}

export interface KindMistake {
  at: string
  code: string
  message: string
  hint?: string
  severity?: 'error' | 'warning'
}

/** What the generic tile shows; ui/Tile.tsx in the plugin's folder replaces it. */
export interface TileSpec {
  figures?: { key: string; label: string; unit?: string }[]
  links?: { label: string; href: string }[]
}

/** A started service. */
export interface Running<A extends Api = Api> {
  handlers: Handlers<A>
  /** One look at the service. Core owns clock, deadline, debounce and history. */
  probe(signal: AbortSignal): Promise<Health>
  /** Model ids served now, for /v1 routing. */
  models?(): readonly string[]
  /** Further names of those models, for /v1 routing. */
  aliases?(): readonly string[]
  /** Whether it answers a path of the kind's door (`POST /v1/chat/completions`); absent: all of them. */
  offers?(route: string): boolean
  /** Never answers a /v1 request that does not name one of its models, also if nobody else has the path. */
  isNamedOnly?: true
  /**
   * Paths of the door that are forwarded, but which this service answers by itself, since its server
   * speaks another dialect. Routing, admission and draining are as with what is handed through.
   */
  answers?: { readonly [route: string]: OwnAnswer }
  /**
   * Prometheus metrics as the last probe left them; core adds `service` and `host`. It is called at
   * each request for /metrics and must ask nobody: a scrape is no reason to wake a server.
   */
  metrics?(): readonly MetricFamily[]
  /** Images it starts containers from, and the hosts that need each; they should be the same there. */
  images?(): readonly { image: string; hosts: readonly string[] }[]
  /** It is not set up, so that the dashboard leaves it out. */
  isHidden?: boolean
  logs?(options: { signal: AbortSignal; tail: number }): AsyncIterable<string>
  stop?(): Promise<void>
}

/** How a service answers a path of its door by itself. */
export interface OwnAnswer {
  /** Largest body in bytes, where that is less than the route's `max_bytes`. */
  maxBytes?: number
  /** Throws what the caller is told; `service.http().stream` asks the server. */
  answer(call: DoorCall): Promise<RawAnswer>
}

export interface Health {
  /** `idle`: unloaded on purpose (no alarm). Core alone says 'unknown'. */
  state: 'up' | 'busy' | 'starting' | 'idle' | 'down'
  reason?: string
  figures?: Record<string, number | string>
}

/** What a service's code may use. Everything here ends with the service. */
export interface Service<S = unknown> extends ServiceContainers {
  readonly id: string
  readonly kind: string
  readonly settings: S
  /** The service's own host; throws for place 'controller' or a service given by url. */
  readonly host: Host
  readonly port: number | null
  /** SSH user of this service; empty: it is to have none; null: its hosts' own. */
  readonly user: string | null
  /** Every host of the topology, by id. */
  readonly hosts: ReadonlyMap<string, Host>
  /** The server behind the service, or a named endpoint of the settings. */
  http(endpoint?: string): Upstream
  /** Another service's models and upstream, of whatever kind; undefined if there is none. */
  peer(id: string): { id: string; kind: string; upstream: Upstream } | undefined
  /** Every other enabled service, for telling the owner what else lives on a host. */
  neighbours(): Neighbour[]
  readonly jobs: ServiceJobs
  readonly recipes: Recipes
  /** Small durable values of this service (JSON). */
  readonly store: KeyValue
  /** A key in a file of its own (`data/keys/<service>.<name>`), apart from what it protects. */
  secretFile(name: string): SecretFile
  /** Keeps in the audit log what is no act on the cluster and yet should be known to have happened. */
  audit(note: AuditNote): void
  /** Tells pages that something they fetched is out of date (`models`). */
  changed(topic: string): void
  /** Asks for a probe now instead of at the next tick. */
  probeSoon(): void
  /** Tells the owner of something nobody asked for; once each time it happens. */
  notify(notice: { code: string; message: string; hint?: string }): void
  readonly clock: Clock
  readonly log: Logger
  /** Aborted when the service stops (topology edit, shutdown). Jobs go on. */
  readonly signal: AbortSignal
}

/** Another service, as far as one that shares a host with it may know. */
export interface Neighbour {
  id: string
  title: string
  host: string | null
  /** Names of its containers, by which its processes can be told. */
  containers: readonly string[]
}

/** What a kind's door may use. */
export interface Kind<S = unknown> {
  readonly kind: string
  services(): Service<S>[]
  /** The service meant: by id, else the default, else the only managed one; throws SERVICE_*. */
  pick(id?: string): Service<S>
  readonly hosts: ReadonlyMap<string, Host>
  /**
   * Does what an operate route does, without a request: plans, asks whether somebody else holds what
   * the plan needs (LEASE_HELD), applies.
   */
  operate<R extends JsonRoute>(
    handler: OperateHandler<R>,
    body: unknown,
    signal: AbortSignal,
  ): Promise<Answer>
  readonly jobs: ServiceJobs
  readonly recipes: Recipes
  readonly store: KeyValue
  changed(topic: string): void
  readonly clock: Clock
  readonly log: Logger
  readonly signal: AbortSignal
}

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  /** Resolves after `ms`, rejects with the signal's reason when aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}
