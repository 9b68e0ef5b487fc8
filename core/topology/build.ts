import { dirname, resolve } from 'node:path'
import type { HostSpec } from '../hosts/host.ts'
import { hostsOf } from './check-clashes.ts'
import type { Draft, DraftService } from './draft.ts'
import { endpointsOf } from './endpoints.ts'
import { segmentsOf } from './pointer.ts'
import type { HostKeys } from './schema.ts'
import { durationMs } from './tags.ts'
import type { ServiceSpec, Topology } from './topology.ts'
import { isMap } from './walk-schema.ts'

/** Makes the topology of what is sound in the draft. Folders are taken from where `file` lies. */
export function buildTopology(draft: Draft, file: string): Topology {
  const { cluster, listen, access, plugins, webhooks } = draft.root
  const { hosts, trusted_origins, trusted_proxies, tokens } = access
  return {
    cluster,
    listen,
    access: { hosts, trusted_origins, trusted_proxies, tokens },
    hosts: record([...draft.hosts].map(([id, keys]) => [id, hostSpec(keys)])),
    services: record(
      draft.services
        .filter(({ isSound }) => isSound)
        .map((service) => [service.id, serviceSpec(service)]),
    ),
    plugins: plugins.map((folder) => resolve(dirname(file), folder)),
    webhooks,
  }
}

/** Ids come from URLs too: `hosts['constructor']` must find nothing. */
const record = <T>(entries: [string, T][]): Record<string, T> =>
  Object.assign(Object.create(null), Object.fromEntries(entries))

const hostSpec = ({ user, ...keys }: HostKeys & { address: string }): HostSpec => ({
  ...keys,
  ...(user && { user }),
})

function serviceSpec(service: DraftService): ServiceSpec {
  const { id, facts, isDisabled, host, port, url, api_key, user, request_timeout } = service
  return {
    id,
    kind: facts.kind,
    isDisabled,
    ...(host !== undefined && { host }),
    ...(port !== undefined && { port }),
    ...(url !== undefined && { url }),
    ...(api_key !== undefined && { api_key }),
    ...(user !== undefined && { user }),
    request_timeout_ms: request_timeout === undefined ? null : durationMs(request_timeout),
    ...limitsOf(service),
    retries: service.retry,
    default: service.default,
    settings: withPlaces(service),
    uses: usedHosts(service),
    runsOn: hostsOf(service),
  }
}

/** What the topology says of requests at the same time, else what its kind does. */
function limitsOf({ facts, ...keys }: DraftService): Pick<ServiceSpec, 'limits'> {
  const { concurrency, queue = 8, max_wait = '1m' } = { ...facts.limits, ...keys }
  if (concurrency === undefined) return {}
  return { limits: { concurrency, queue, maxWaitMs: durationMs(max_wait) } }
}

/** The settings with host and port of every further server filled in. */
function withPlaces(service: DraftService): Record<string, unknown> {
  const settings = structuredClone(service.settings)
  const base = segmentsOf(service.at).length
  for (const { at, isMain, host, port } of endpointsOf(service)) {
    if (isMain) continue
    let endpoint: unknown = settings
    for (const key of segmentsOf(at).slice(base))
      endpoint = (endpoint as Record<string, unknown>)[key]
    if (isMap(endpoint)) Object.assign(endpoint, host && { host }, port && { port })
  }
  return settings
}

/** Every host the service's entry names, further servers included. */
function usedHosts(service: DraftService): string[] {
  const servers = endpointsOf(service).flatMap(({ host }) => (host === undefined ? [] : [host]))
  return [...new Set([...hostsOf(service), ...servers])]
}
