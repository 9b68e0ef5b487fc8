import type { FastifyInstance } from 'fastify'
import type { Access } from '../access/access.ts'
import { type Api, answer, type Handlers } from '../api.ts'
import type { Audit } from '../audit/audit.ts'
import { auditApi, auditHandlers } from '../audit/audit-routes.ts'
import type { LoadedKind } from '../catalog.ts'
import {
  type ConnectivitySource,
  connectivityApi,
  connectivityHandlers,
} from '../connectivity/connectivity-routes.ts'
import { mountContainerLogs } from '../containers/container-log-route.ts'
import { containersApi, containersHandlers } from '../containers/container-routes.ts'
import {
  type HostContainersSource,
  hostContainersApi,
  hostContainersHandlers,
} from '../containers/on-host/host-containers-routes.ts'
import type { Coordination } from '../coordination/coordination.ts'
import { lockApi, lockHandlers } from '../coordination/lock-routes.ts'
import { schedulesApi, schedulesHandlers } from '../coordination/schedule-routes.ts'
import { type DiscoverSource, discoverApi, discoverHandlers } from '../discover/discover-routes.ts'
import { ControlError } from '../errors.ts'
import type { Events } from '../events/events.ts'
import type { Hosts } from '../hosts/hosts.ts'
import type { Mount } from '../http/mount.ts'
import { servedModels } from '../http/v1.ts'
import type { Jobs } from '../jobs/jobs.ts'
import { kneeApi, kneeHandlers } from '../knee/knee-routes.ts'
import type { Metrics } from '../metrics/metrics.ts'
import type { Registry } from '../registry.ts'
import { type SandboxLink, sandboxApi, sandboxHandlers } from '../sandbox-link.ts'
import type { KeyValue } from '../store/store.ts'
import type { ServiceView } from '../views.ts'
import type { Webhooks } from '../webhooks/webhooks.ts'
import { accessApi, accessHandlers } from './access.ts'
import { type ControllerSource, controllerApi, controllerHandlers } from './controller.ts'
import { mountDashboard } from './dashboard.ts'
import { hostsApi, hostsHandlers } from './hosts.ts'
import { jobsApi, jobsHandlers, known } from './jobs.ts'
import { createSeats, type Seats } from './seats.ts'
import { servicesApi, servicesHandlers } from './services.ts'
import { streamEvents } from './streams.ts'
import { modelsApi } from './v1-models.ts'
import { webhooksApi, webhooksHandlers } from './webhooks.ts'

/** What the core's own routes speak of. */
export interface RouteSources {
  controller: ControllerSource
  discover: DiscoverSource
  hosts: Hosts
  hostContainers: HostContainersSource
  jobs: Jobs
  events: Events
  registry: Registry
  containerStoreOf(service: string): KeyValue
  audit: Audit
  connectivity: ConnectivitySource
  coordination: Coordination
  webhooks: Webhooks
  services(): ServiceView[]
  metrics: Metrics
  /** They outlive a reload, as open streams do. */
  seats: { serviceLogs: Seats; jobLogs: Seats }
  sandbox?: SandboxLink
}

/**
 * A reader of a service's log holds a channel of its host's connection, and a swap needs one too;
 * six of them may be held at a time, one of which follows its containers. Job logs are read from the disk.
 */
export const createLogSeats = (): RouteSources['seats'] => ({
  serviceLogs: createSeats(3, 'logs'),
  jobLogs: createSeats(64, 'the log'),
})

/** The core's JSON routes; what is not in here is not mounted. */
export const CORE_APIS = {
  controller: controllerApi,
  access: accessApi,
  discover: discoverApi,
  hosts: hostsApi,
  hostContainers: hostContainersApi,
  services: servicesApi,
  knee: kneeApi,
  containers: containersApi,
  connectivity: connectivityApi,
  jobs: jobsApi,
  lock: lockApi,
  schedules: schedulesApi,
  audit: auditApi,
  webhooks: webhooksApi,
  models: modelsApi,
  sandbox: sandboxApi,
} as const satisfies Record<string, Api>

type CoreApis = typeof CORE_APIS
type CoreHandlers = { [K in keyof CoreApis]: Handlers<CoreApis[K]> | null }

/** They with what answers them; those of the sandbox only where there is one. */
export function coreMounts(sources: RouteSources, access: () => Access): Mount[] {
  const { controller, hosts, jobs, registry, sandbox } = sources
  const { leases, names, now } = sources.coordination
  const find = (id: string) => registry.find(id)
  const all: CoreHandlers = {
    controller: controllerHandlers(controller),
    access: accessHandlers(access),
    discover: discoverHandlers(sources.discover),
    hosts: hostsHandlers(hosts),
    hostContainers: hostContainersHandlers(sources.hostContainers),
    services: servicesHandlers({ find, views: sources.services }),
    knee: kneeHandlers(find),
    containers: containersHandlers({
      ...{ find, all: () => registry.services(), storeOf: sources.containerStoreOf },
    }),
    connectivity: connectivityHandlers(sources.connectivity),
    jobs: jobsHandlers(jobs),
    lock: lockHandlers(leases, names, now),
    schedules: schedulesHandlers(sources.coordination),
    audit: auditHandlers(sources.audit),
    webhooks: webhooksHandlers(sources.webhooks),
    models: { 'GET /v1/models': () => answer(200, servedModels(registry)) },
    sandbox: sandbox ? sandboxHandlers(sandbox) : null,
  }
  return Object.entries(CORE_APIS).flatMap(([name, api]) => {
    const handlers = all[name as keyof CoreApis]
    return handlers ? [{ prefix: '', tag: 'core', api, handlers }] : []
  })
}

/** The core's streams, metrics and the dashboard: routes that write to the socket themselves. */
export async function mountStreams(
  app: FastifyInstance,
  sources: RouteSources,
  kinds: readonly LoadedKind[],
): Promise<void> {
  const { events, jobs, registry, metrics, seats } = sources
  const hide = { schema: { hide: true } }
  app.get('/api/events', hide, (request, reply) => {
    // Throws OVERLOADED before it writes, so the reply is still Fastify's then.
    events.serve(request.raw, reply.raw)
    reply.hijack()
  })
  app.get<{ Params: { id: string } }>('/api/jobs/:id/log', hide, (request, reply) => {
    const { id } = known(jobs, request.params.id)
    seats.jobLogs.take(id, reply.raw)
    const from = lineAfter(request.headers['last-event-id'])
    reply.hijack()
    void streamEvents(request.raw, reply.raw, async function* (signal) {
      for await (const line of jobs.follow(id, from, signal))
        yield { id: String(line.n), data: line }
    })
  })
  app.get<{ Params: { id: string } }>('/api/services/:id/logs', hide, (request, reply) => {
    const { spec, service, running, failure } = registry.find(request.params.id)
    if (!running?.logs)
      throw failure ?? new ControlError('NOT_FOUND', `service "${spec.id}" has no logs to show`)
    const follow = running.logs
    seats.serviceLogs.take(spec.host ?? spec.id, reply.raw)
    reply.hijack()
    void streamEvents(request.raw, reply.raw, async function* (left) {
      const signal = AbortSignal.any([left, service.signal])
      for await (const text of follow({ signal, tail: 500 })) yield { data: { text } }
    })
  })
  mountContainerLogs(app, registry, seats.serviceLogs)
  app.get('/metrics', hide, async (_request, reply) =>
    reply.type(metrics.contentType).send(await metrics.print()),
  )
  await mountDashboard(app, kinds)
}

/** The first line a reader wants who has seen those up to `lastEventId`. */
const lineAfter = (lastEventId: string | string[] | undefined): number =>
  /^\d{1,9}$/.test(String(lastEventId)) ? Number(lastEventId) + 1 : 0
