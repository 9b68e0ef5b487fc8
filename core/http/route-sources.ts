import { loadCatalog } from '../catalog.ts'
import { judgeText } from '../check-file.ts'
import type { ControllerOptions } from '../controller.ts'
import { contributionsOf } from '../metrics/contributions.ts'
import { createMetrics } from '../metrics/metrics.ts'
import { createLogSeats, type RouteSources } from '../routes/index.ts'
import { formatDiagnostics } from '../topology/format.ts'
import type { TopologyFile } from '../topology-file.ts'
import { maskTopology } from '../topology-view.ts'
import type { Parts } from '../wiring.ts'

/** What the core's routes speak of, taken from the parts of a controller. */
export const routeSources = (
  parts: Parts,
  topologyFile: TopologyFile,
  { sandbox, log, clock, dataDir, ownDataDir = dataDir }: ControllerOptions,
): RouteSources => {
  const controller: RouteSources['controller'] = {
    view: parts.controllerView,
    topology() {
      const inForce = topologyFile.inForce()
      return inForce && maskTopology(inForce)
    },
    async validate(text) {
      const catalog = topologyFile.inForce()?.catalog ?? (await loadCatalog())
      const diagnostics = judgeText(topologyFile.file, text, catalog)
      return { diagnostics, text: formatDiagnostics(diagnostics) }
    },
  }
  const kinds = () => [...(topologyFile.inForce()?.catalog.kinds.values() ?? [])]
  return {
    controller,
    discover: { ...{ dataDir: ownDataDir, clock, log, kinds }, validate: controller.validate },
    hosts: parts.hosts,
    hostContainers: {
      hosts: parts.hosts,
      services: parts.registry.services,
      now: clock.now,
    },
    jobs: parts.jobs,
    audit: parts.audit.audit,
    connectivity: { history: parts.prober.history, now: clock.now },
    coordination: parts.coordination,
    events: parts.events,
    registry: parts.registry,
    containerStoreOf: parts.containers.storeOf,
    webhooks: parts.webhooks,
    services: parts.serviceViews,
    metrics: createMetrics({
      services: parts.serviceViews,
      hosts: () => parts.hosts.views(),
      activeJobs: () => parts.jobs.active(),
      contributions: () => contributionsOf(parts.registry.services(), log),
      counted: parts.meters.register,
    }),
    seats: createLogSeats(),
    ...(sandbox && { sandbox }),
  }
}
