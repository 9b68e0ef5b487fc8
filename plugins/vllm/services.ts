import { ControlError, type Host, type Kind, type Service } from '#core'
import type { Engine } from './launch/engine.ts'
import { launchSettings } from './launch/launch-settings.ts'
import { engineOf } from './launch/launcher.ts'
import { nodesOf, type Settings } from './settings.ts'

/** The machines of a service as hosts, head first. */
export function hostsOf(service: Service<Settings>): Host[] {
  return nodesOf(service.settings, service.host.id).map((id) => {
    const host = service.hosts.get(id)
    if (!host) throw new ControlError('HOST_UNKNOWN', `no host "${id}" in the topology`)
    return host
  })
}

/** The machines one of which or all of which a job may change; a watched service has none. */
export function holdsOf(service: Service<Settings>): string[] {
  return [service.id, ...hostsOf(service).map((host) => `gpu:${host.id}`)]
}

/** Throws SERVICE_UNMANAGED for a service that is watched only. */
export function assertManaged(service: Service<Settings>): void {
  if (service.settings.manage) return
  throw new ControlError(
    'SERVICE_UNMANAGED',
    `${service.id} is watched only (manage: false), so nothing is started or stopped on it`,
    { hint: `remove manage: false from services.${service.id} in topology.yaml` },
  )
}

/** What the engine of a service runs in, by its settings. */
export const engineFor = (service: Service<Settings>): Engine =>
  engineOf(launchSettings(service.settings, service.id))

/** vLLM's port. */
export const portOf = (service: Service<Settings>): number => service.port ?? 8888

/** The machines of a service, head first; none for one given by url. */
export function nodesIfAny(service: Service<Settings>): string[] {
  try {
    return nodesOf(service.settings, service.host.id)
  } catch (thrown) {
    // a service given by url has no host
    if (thrown instanceof ControlError) return []
    throw thrown
  }
}

/** The service whose jobs work on the disks: any will do, one that is managed is the likeliest. */
export function jobOwner(kind: Pick<Kind<Settings>, 'services'>): Service<Settings> {
  const services = kind.services()
  const owner = services.find(({ settings }) => settings.manage) ?? services[0]
  if (owner) return owner
  throw new ControlError('SERVICE_UNKNOWN', 'no service of this kind is enabled')
}

/** A host a job's plan named; throws HOST_UNKNOWN when a topology edit took it away since. */
export function requireHost(service: Pick<Service<Settings>, 'hosts'>, id: string): Host {
  const host = service.hosts.get(id)
  if (host) return host
  throw new ControlError('HOST_UNKNOWN', `${id} left the topology`, {
    hint: 'look at the plan again and start anew',
  })
}
