import { type KeptAudit, keepAudit } from './audit/keep-audit.ts'
import { toAt } from './clock.ts'
import type { Recorder } from './connectivity/recorder.ts'
import { watchConnectivity } from './connectivity/watch-connectivity.ts'
import { type Containers, createContainers } from './containers/containers.ts'
import type { ControllerOptions } from './controller.ts'
import { type Coordination, createCoordination } from './coordination/coordination.ts'
import type { NoticeView } from './events/event-view.ts'
import { createEvents, type Events } from './events/events.ts'
import { createHosts, type Hosts } from './hosts/hosts.ts'
import type { JobDef } from './jobs/job.ts'
import { createJobs, type Jobs } from './jobs/jobs.ts'
import { KNEE_JOB, kneeJob } from './knee/knee-job.ts'
import { createMeters, type Meters } from './metrics/meters.ts'
import { createProber, type Prober } from './probes/prober.ts'
import { openRecipes } from './recipes/open-recipes.ts'
import { createRegistry, type Registry } from './registry.ts'
import { viewService } from './service-view.ts'
import type { LiveService } from './services.ts'
import type { Database } from './store/database.ts'
import { createKeyValue } from './store/key-value.ts'
import { secretFile } from './store/secret-file.ts'
import type { ServiceSpec } from './topology/topology.ts'
import type { TopologyFile } from './topology-file.ts'
import { createUpstream } from './upstream/pool-upstream.ts'
import { VERSION } from './version.ts'
import type { ControllerView, ServiceView } from './views.ts'
import { leaseHappening } from './webhooks/lease-happening.ts'
import { createStateWatch } from './webhooks/state-watch.ts'
import { createWebhooks, type Webhooks } from './webhooks/webhooks.ts'

/** The parts that live as long as the controller, whatever the topology says. */
export interface Parts {
  hosts: Hosts
  prober: Prober
  jobs: Jobs
  events: Events
  registry: Registry
  meters: Meters
  coordination: Coordination
  audit: KeptAudit
  webhooks: Webhooks
  containers: Containers
  connectivity: Recorder
  controllerView(): ControllerView
  serviceViews(): ServiceView[]
  /** Tells every page how the controller stands now. */
  publishController(): void
}

/**
 * Connects hosts, probes, jobs, services and the event stream with each other.
 * `onServiceFree` is called when a service's last job has ended, for changes that waited for it.
 */
export function wire(
  options: ControllerOptions,
  db: Database,
  topologyFile: TopologyFile,
  onServiceFree: (service: string) => void,
): Parts {
  const { dataDir, clock, log, sandbox } = options
  const startedAt = toAt(clock.now())
  const find = (id: string) => registry.get(id)
  const viewOf = (live: LiveService) =>
    viewService(live, prober, registry.pending().has(live.spec.id))
  const serviceViews = () => registry.services().map(viewOf)
  const publishService = (id: string): void => {
    const live = find(id)
    if (!live) return
    const service = viewOf(live)
    events.publish({ type: 'service', service })
    watch.service(service)
  }
  const controllerView = (): ControllerView => ({
    version: VERSION,
    cluster: topologyFile.inForce()?.topology.cluster ?? '',
    is_simulated: sandbox !== undefined,
    started_at: startedAt,
    topology: topologyFile.view(),
    ssh_public_key: hosts.publicKey(),
  })
  const notify = (notice: Omit<NoticeView, 'at'>): void => {
    log.warn(notice, 'owner told')
    events.publish({ type: 'notice', notice: { at: toAt(clock.now()), ...notice } })
  }
  const events = createEvents({
    clock,
    snapshot: () => ({
      type: 'snapshot',
      controller: controllerView(),
      hosts: hosts.views(),
      services: serviceViews(),
      jobs: jobs.recent(50),
      leases: coordination.leases.list(),
    }),
  })
  const webhooks = createWebhooks({
    db,
    clock,
    log,
    changed: () => events.publish({ type: 'changed', topic: 'deliveries', service: null }),
  })
  const watch = createStateWatch({ db, clock, log, tell: webhooks.tell })
  const hosts = createHosts({
    hosts: topologyFile.inForce()?.topology.hosts ?? {},
    dataDir,
    clock,
    log,
    notify,
    lost: (id) => connectivity.hostLost(id, 'its connection was dropped'),
  })
  hosts.onChange((host) => {
    events.publish({ type: 'host', host })
    connectivity.host(host)
    watch.host(host)
  })
  const meters = createMeters()
  const prober = createProber({
    ...{ clock, log, db },
    onLook(service, outcome) {
      publishService(service)
      connectivity.looked(service, outcome, prober.view(service)?.state ?? 'unknown')
    },
    onOutcome: (service, outcome, tookMs) => meters.looked(service, outcome, tookMs / 1000),
  })
  const coordination = createCoordination({
    ...{ db, clock, events },
    names: {
      hosts: () => hosts.ids(),
      services: () => registry.services().map((live) => live.spec.id),
    },
    hostsOf: (id) => topologyFile.inForce()?.topology.services[id]?.runsOn ?? [],
    running: () => jobs.holding(),
    tell(change) {
      const happening = leaseHappening(change)
      if (happening) webhooks.tell(happening)
    },
  })
  const containers = createContainers({
    ...{ db, clock, log, hosts },
    services: () => registry.services(),
    publish: events.publish,
    probeSoon: prober.soon,
  })
  const connectivity = watchConnectivity({
    ...{ db, clock, log, prober },
    services: () => registry.services(),
    jobOf: (service) => jobs.active().find((job) => job.service === service)?.title,
    ownersOf: containers.ownersOf,
    onContainerChange: containers.watch.onChange,
  })
  const jobs = createJobs({
    db,
    clock,
    log,
    hostsOf: coordination.hostsOf,
    admit: coordination.leases.admit,
    publish(event) {
      events.publish(event)
      if (event.type !== 'job' || event.job.ended_at === null) return
      meters.jobEnded(event.job)
      if (event.job.service !== null) onServiceFree(event.job.service)
    },
    tell: webhooks.tell,
    lookup(id) {
      const live = find(id)
      if (!live) return undefined
      const { jobs: own, containers: which } = live.loaded.plugin
      const ofCore: Record<string, JobDef> = {
        [KNEE_JOB]: kneeJob(live),
        ...(which === 'plain' && containers.jobs),
      }
      return { service: live.service, def: (name) => own?.[name] ?? ofCore[name] }
    },
  })
  const audit = keepAudit({ db, clock, log, events })
  const registry = createRegistry({
    hosts,
    clock,
    log,
    jobsOf: jobs.forService,
    jobsOfKind: jobs.forKind,
    recipesOf: openRecipes({
      dataDir,
      log,
      changed: () => events.publish({ type: 'changed', topic: 'recipes', service: null }),
    }),
    storeOf: (namespace) => createKeyValue(db, namespace),
    secretFileOf: (service, name) => secretFile(dataDir, service, name),
    audit: (note) => audit.note(note),
    createUpstream: (spec, endpoint, origin, isPublic) =>
      createUpstream({
        origin,
        ...(isPublic && { isPublicAllowed: true, isCallOnly: true, ca: caOf(spec, endpoint) }),
        requestTimeoutMs: spec.request_timeout_ms,
        retries: spec.retries,
        ...(spec.limits && endpoint === 'main' && { limits: spec.limits }),
        ...keyOf(spec, endpoint),
        clock,
      }),
    changed: (topic, service) => events.publish({ type: 'changed', topic, service }),
    probeSoon: prober.soon,
    notify,
    arbitrate: (plan) => coordination.leases.arbitrate(plan?.holds ?? []),
    hasActiveJob: jobs.hasActive,
    latestContainer: containers.latest,
    containerAct: containers.actOf,
    containerLog: containers.logOf,
    onStarted(live) {
      if (live.running) prober.add(live.spec.id, { probe: live.running.probe })
      publishService(live.spec.id)
      containers.update()
    },
    onStopped(id) {
      containers.update()
      prober.remove(id)
      events.publish({ type: 'service-removed', id })
    },
  })
  return {
    hosts,
    prober,
    jobs,
    events,
    registry,
    meters,
    coordination,
    audit,
    webhooks,
    containers,
    connectivity,
    controllerView,
    serviceViews,
    publishController: () => events.publish({ type: 'controller', controller: controllerView() }),
  }
}

/** The key of the server behind a service, or of a further one; the one's is not the other's. */
function keyOf({ api_key, settings }: ServiceSpec, endpoint: string): { apiKey?: string } {
  const named = settings[endpoint] as { api_key?: string } | undefined
  const key = endpoint === 'main' ? api_key : named?.api_key
  return key === undefined ? {} : { apiKey: key }
}

/** Certificates of an authority of the owner's own, where a public server is reached through one. */
const caOf = ({ settings }: ServiceSpec, endpoint: string): string | undefined =>
  (settings[endpoint] as { ca?: string } | undefined)?.ca
