import type { Logger } from 'pino'
import type { LoadedKind } from '../catalog.ts'
import { createHosts } from '../hosts/hosts.ts'
import type { Clock } from '../plugin.ts'
import type { Topology } from '../topology/topology.ts'
import { checkHost } from './check-host.ts'
import { checkService } from './check-service.ts'
import type { Finding } from './finding.ts'

export interface DoctorDeps {
  /** With the controller's key and the trusted host keys. */
  dataDir: string
  kinds: ReadonlyMap<string, LoadedKind>
  clock: Clock
  log: Logger
}

/** Checks a whole cluster: every host, then every enabled service. Nothing is changed anywhere. */
export async function examine(topology: Topology, deps: DoctorDeps): Promise<Finding[]> {
  const { dataDir, clock, log, kinds } = deps
  const hosts = createHosts({
    ...{ hosts: topology.hosts, dataDir, clock, log },
    pollIntervalMs: 3_600_000,
  })
  try {
    const ofHosts = await Promise.all(hosts.ids().map((id) => checkHost(hosts, id, clock)))
    const ofServices = await Promise.all(
      Object.values(topology.services).map((spec) => {
        const kind = spec.isDisabled ? undefined : kinds.get(spec.kind)
        return kind ? checkService(spec, kind, hosts, clock) : []
      }),
    )
    return [...ofHosts, ...ofServices].flat()
  } finally {
    await hosts.close()
  }
}
