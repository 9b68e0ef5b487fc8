import { hostOfUrl, originFor, portOfUrl } from './address.ts'
import type { Draft, DraftService } from './draft.ts'
import { type Pointer, under } from './pointer.ts'
import { tagOf } from './tags.ts'
import { isMap, walkSchema } from './walk-schema.ts'

/** A server of a service: the one behind it, or one its settings name. */
export interface DraftEndpoint {
  at: Pointer
  isMain: boolean
  /** Whether several services may point at it. */
  isShared: boolean
  host?: string
  port?: number
  url?: string
}

/** Every server a service names, `host` and the usual `port` filled in where there is no `url`. */
export function endpointsOf(service: DraftService): DraftEndpoint[] {
  const main = { at: service.at, isMain: true, isShared: false, ...placeOf(service, service) }
  const { settings } = service.facts
  const found = [...walkSchema(settings, service.settings, service.at)].flatMap(
    ({ schema, value, at }) => {
      if (tagOf(schema) !== 'endpoint' || !isMap(value)) return []
      const usual = schema.properties?.port?.['x-usual'] as number | undefined
      const place = placeOf({ ...(usual && { port: usual }), ...value }, service)
      return [{ at, isMain: false, isShared: schema['x-shared'] === true, ...place }]
    },
  )
  return service.facts.place === 'host' ? [main, ...found] : found
}

/** What two endpoints must not have in common: `192.168.1.101:8888`; undefined if it has no place. */
export function serverKey(endpoint: DraftEndpoint, draft: Draft): string | undefined {
  if (endpoint.url !== undefined) {
    const host = hostOfUrl(endpoint.url)
    return host === undefined ? undefined : originFor(host, portOfUrl(endpoint.url))
  }
  const address = draft.hosts.get(endpoint.host ?? '')?.address
  return address === undefined || endpoint.port === undefined
    ? undefined
    : originFor(address, endpoint.port)
}

/** Where the port of an endpoint stands, or would stand. */
export const portPointer = (endpoint: DraftEndpoint): Pointer =>
  under(endpoint.at, endpoint.url === undefined ? 'port' : 'url')

interface Place {
  host?: string
  port?: number
  url?: string
}

function placeOf({ host, port, url }: Place, service: DraftService): Place {
  if (url !== undefined) return { url, ...(host !== undefined && { host }) }
  const at = host ?? service.host
  return { ...(at !== undefined && { host: at }), ...(port !== undefined && { port }) }
}
