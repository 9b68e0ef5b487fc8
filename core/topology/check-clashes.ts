import type { Draft, DraftService } from './draft.ts'
import { named } from './draft.ts'
import { type DraftEndpoint, endpointsOf, portPointer, serverKey } from './endpoints.ts'
import { dotted, type Pointer, parentOf, under } from './pointer.ts'
import type { Reading } from './reading.ts'
import { tagOf } from './tags.ts'
import { isMap, walkSchema } from './walk-schema.ts'

/** Finds what two enabled services cannot both have: a port, a container name, a GPU, the default. */
export function checkClashes(draft: Draft, reading: Reading): void {
  const enabled = draft.services.filter((service) => !service.isDisabled)
  checkPorts(enabled, draft, reading)
  checkContainers(enabled, draft, reading)
  checkGpus(enabled, draft, reading)
  checkDefaults(enabled, reading)
}

function checkPorts(services: DraftService[], draft: Draft, { mistakes }: Reading): void {
  const taken = new Map<string, { service: DraftService; at: Pointer; isShared: boolean }>()
  for (const service of services)
    for (const endpoint of endpointsOf(service)) {
      const key = serverKey(endpoint, draft)
      if (key === undefined) continue
      const other = taken.get(key)
      if (!other) taken.set(key, { service, at: endpoint.at, isShared: endpoint.isShared })
      else if (!other.isShared && !endpoint.isShared)
        mistakes.add({
          at: portPointer(endpoint),
          code: 'PORT_TWICE',
          message: `leads to ${key.replace('http://', '')}, which ${dotted(other.at)} already uses`,
          hint: 'give one of the two another port, or list one under disabled:',
        })
    }
}

function checkContainers(services: DraftService[], draft: Draft, { mistakes }: Reading): void {
  const taken = new Map<string, { service: DraftService; at: Pointer; isShared: boolean }>()
  for (const service of services)
    for (const { value, at } of tagged(service, 'container-name')) {
      const server = endpointsOf(service).find(
        (endpoint) => !endpoint.isMain && endpoint.at === parentOf(at),
      )
      const isShared = server?.isShared === true
      for (const host of typeof value === 'string' ? containerHosts(service, server, at) : []) {
        const key = `${machineKey(host, draft)} ${value}`
        const other = taken.get(key)
        if (!other) taken.set(key, { service, at, isShared })
        else if (other.at !== at && !(other.isShared && isShared))
          mistakes.add({
            at,
            code: 'CONTAINER_TWICE',
            // one that is only watched breaks nothing, it just shows the other's state
            ...(isWatched(service, other.service) && { severity: 'warning' as const }),
            message: `is "${value}", already the container of ${named(other.service)} on host "${host}"`,
            hint: 'give one of the two another name',
          })
      }
    }
}

/** Where a container is: with the further server it stands beside, else wherever the service runs. */
function containerHosts(
  service: DraftService,
  server: DraftEndpoint | undefined,
  at: Pointer,
): string[] {
  if (server) return server.host === undefined ? [] : [server.host]
  const enclosing = walkSchema(service.facts.settings, service.settings, service.at)
  for (const { value, at: place } of enclosing)
    if (place === parentOf(at) && place !== service.at && isMap(value))
      return typeof value.host === 'string' ? [value.host] : hostsOf(service)
  return hostsOf(service)
}

function checkGpus(services: DraftService[], draft: Draft, { mistakes }: Reading): void {
  const uses: { service: DraftService; machine: string; gpus: unknown }[] = []
  for (const service of services)
    for (const { value, at } of tagged(service, 'gpus'))
      for (const host of hostsOf(service)) {
        const machine = machineKey(host, draft)
        const gpus = value ?? 'all'
        const other = uses.find(
          (use) => use.machine === machine && use.service !== service && overlap(use.gpus, gpus),
        )
        uses.push({ service, machine, gpus })
        if (other && !isWatched(service, other.service))
          mistakes.add({
            at,
            code: 'GPU_SHARED',
            severity: 'warning',
            message: `is ${written(gpus)}; ${named(other.service)} uses ${written(other.gpus)} on host "${host}" too`,
            hint: 'two engines on one GPU run out of memory unless both are held small',
          })
      }
}

function checkDefaults(services: DraftService[], { mistakes }: Reading): void {
  const first = new Map<string, DraftService>()
  for (const service of services.filter((one) => one.default)) {
    const other = first.get(service.facts.kind)
    if (other)
      mistakes.add({
        at: under(service.at, 'default'),
        code: 'DEFAULT_TWICE',
        message: `is true, as for ${named(other)}, which is of kind "${other.facts.kind}" too`,
        hint: 'leave one of the two',
      })
    else first.set(service.facts.kind, service)
  }
}

/** Values of the service's settings with a tag; those that are absent come as undefined. */
const tagged = (service: DraftService, tag: 'container-name' | 'gpus') =>
  [...walkSchema(service.facts.settings, service.settings, service.at)].filter(
    ({ schema }) => tagOf(schema) === tag,
  )

/** The hosts a service runs on: its own and those its settings name, further servers left out. */
export function hostsOf(service: DraftService): string[] {
  const outsideEndpoints = walkSchema(
    service.facts.settings,
    service.settings,
    service.at,
    ({ schema }) => tagOf(schema) !== 'endpoint',
  )
  const named = [...outsideEndpoints].flatMap(({ schema, value }) =>
    tagOf(schema) === 'host' && typeof value === 'string' ? [value] : [],
  )
  return [...new Set(service.host === undefined ? named : [service.host, ...named])]
}

/** Two hosts are one machine if the same SSH server answers for both. */
function machineKey(id: string, draft: Draft): string {
  const host = draft.hosts.get(id)
  return host ? `${host.address} ${host.ssh.port}` : id
}

const isWatched = (...services: DraftService[]): boolean =>
  services.some(({ settings }) => settings.manage === false)

const overlap = (a: unknown, b: unknown): boolean =>
  !Array.isArray(a) || !Array.isArray(b) || a.some((gpu) => b.includes(gpu))

const written = (gpus: unknown): string => (Array.isArray(gpus) ? `[${gpus.join(', ')}]` : 'all')
