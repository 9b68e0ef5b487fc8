import { join } from 'node:path'
import { type Act, entryOfAct, entryOfEvent } from './audit/act-entry.ts'
import { type Audit, type AuditEntry, createAudit } from './audit/audit.ts'
import type { ControllerOptions } from './controller.ts'
import { createLeases, type Leases } from './coordination/leases.ts'
import type { ResourceNames } from './coordination/request-parts.ts'
import type { HostsOf } from './coordination/resources.ts'
import { createSchedules, type Schedules } from './coordination/schedules.ts'
import { createEvents, type Events } from './events/events.ts'
import { createHosts, type Hosts } from './hosts/hosts.ts'
import { createJobs, type Jobs } from './jobs/jobs.ts'
import { createMeters, type Meters } from './metrics/meters.ts'
import { createProber, type Prober } from './probes/prober.ts'
import { createRecipes } from './recipes/file-recipes.ts'
import { createRegistry, type Registry } from './registry.ts'
import { viewService } from './service-view.ts'
import { type LiveService, shippedRecipes } from './services.ts'
import type { Database } from './store/database.ts'
import { createKeyValue } from './store/key-value.ts'
import type { TopologyFile } from './topology-file.ts'
import { createUpstream } from './upstream/pool-upstream.ts'
import { VERSION } from './version.ts'
import type { ControllerView, ServiceView } from './views.ts'

/** The parts that live as long as the controller, whatever the topology says. */
export interface Parts {
  hosts: Hosts
  prober: Prober
  jobs: Jobs
  events: Events
  registry: Registry
  meters: Meters
  leases: Leases
  audit: Audit
  /** Keeps an act in the audit log. */
  record(act: Act): void
  schedules: Schedules
  /** What can be reserved. */
  names: ResourceNames
  hostsOf: HostsOf
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
  const startedAt = new Date(clock.now()).toISOString()
  const find = (id: string) => registry.services().find((live) => live.spec.id === id)
  const viewOf = (live: LiveService) =>
    viewService(live, prober, registry.pending().has(live.spec.id))
  const serviceViews = () => registry.services().map(viewOf)
  const publishService = (id: string): void => {
    const live = find(id)
    if (live) events.publish({ type: 'service', service: viewOf(live) })
  }
  const controllerView = (): ControllerView => ({
    version: VERSION,
    cluster: topologyFile.inForce()?.topology.cluster ?? '',
    is_simulated: sandbox !== undefined,
    started_at: startedAt,
    topology: topologyFile.view(),
    ssh_public_key: hosts.publicKey(),
  })
  const events = createEvents({
    clock,
    snapshot: () => ({
      type: 'snapshot',
      controller: controllerView(),
      hosts: hosts.views(),
      services: serviceViews(),
      jobs: jobs.recent(50),
      leases: leases.list(),
    }),
  })
  const hosts = createHosts({
    hosts: topologyFile.inForce()?.topology.hosts ?? {},
    dataDir,
    clock,
    log,
  })
  hosts.onChange((host) => events.publish({ type: 'host', host }))
  const audit = createAudit({ db, clock })
  const keep = (entry: AuditEntry): void => {
    try {
      audit.record(entry)
      events.publish({ type: 'changed', topic: 'audit', service: null })
    } catch (err) {
      // What was done is done; the log of the process has it at least.
      log.error({ err, entry }, 'an act could not be kept in the audit log')
    }
  }
  events.listen((event) => {
    const entry = entryOfEvent(event)
    if (entry) keep(entry)
  })
  const meters = createMeters()
  const prober = createProber({
    ...{ clock, log, db },
    onLook: publishService,
    onOutcome: (service, outcome, tookMs) => meters.looked(service, outcome, tookMs / 1000),
  })
  const hostsOf: HostsOf = (id) => topologyFile.inForce()?.topology.services[id]?.uses ?? []
  const names: ResourceNames = {
    hosts: () => hosts.ids(),
    services: () => registry.services().map((live) => live.spec.id),
  }
  const leases = createLeases({
    db,
    clock,
    hostsOf,
    services: names.services,
    running: () => jobs.holding(),
    publish: (change) => events.publish({ type: 'lease', ...change }),
  })
  const schedules = createSchedules(db, clock, () =>
    events.publish({ type: 'changed', topic: 'schedules', service: null }),
  )
  const jobs = createJobs({
    db,
    clock,
    log,
    hostsOf,
    admit: leases.admit,
    publish(event) {
      events.publish(event)
      if (event.type !== 'job' || event.job.ended_at === null) return
      meters.jobEnded(event.job)
      if (event.job.service !== null) onServiceFree(event.job.service)
    },
    lookup(id) {
      const live = find(id)
      return live && { service: live.service, def: (name) => live.loaded.plugin.jobs?.[name] }
    },
  })
  const registry = createRegistry({
    hosts,
    clock,
    log,
    jobsOf: jobs.forService,
    jobsOfKind: jobs.forKind,
    recipesOf: (loaded) =>
      createRecipes({
        shippedDir: shippedRecipes(loaded),
        overrideDir: join(dataDir, 'recipes', loaded.plugin.kind),
        schema: loaded.plugin.recipe,
        changed: () => events.publish({ type: 'changed', topic: 'recipes', service: null }),
      }),
    storeOf: (namespace) => createKeyValue(db, namespace),
    createUpstream: (spec, _endpoint, origin) =>
      createUpstream({
        origin,
        requestTimeoutMs: spec.request_timeout_ms,
        ...(spec.api_key && { apiKey: spec.api_key }),
        clock,
      }),
    changed: (topic, service) => events.publish({ type: 'changed', topic, service }),
    probeSoon: prober.soon,
    hasActiveJob: jobs.hasActive,
    onStarted(live) {
      if (live.running) prober.add(live.spec.id, { probe: live.running.probe })
      publishService(live.spec.id)
    },
    onStopped(id) {
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
    leases,
    audit,
    record: (act) => keep(entryOfAct(act)),
    schedules,
    names,
    hostsOf,
    controllerView,
    serviceViews,
    publishController: () => events.publish({ type: 'controller', controller: controllerView() }),
  }
}
