import { ControlError } from './errors.ts'
import { originFor } from './topology/address.ts'
import type { ServiceSpec } from './topology/topology.ts'

interface EndpointSetting {
  host?: string
  port?: number
  url?: string
}

/**
 * `http://address:port` of the server behind a service (`main`) or of an endpoint its settings name
 * (`qdrant`). Endpoints without a host stand on the service's own.
 */
export function originOf(
  spec: ServiceSpec,
  endpoint: string,
  port: number | null,
  addressOf: (host: string) => string,
): string {
  const named = spec.settings[endpoint] as EndpointSetting | undefined
  if (endpoint !== 'main' && typeof named !== 'object')
    throw new ControlError('SERVICE_UNKNOWN', `service ${spec.id} has no endpoint "${endpoint}"`)
  const place: EndpointSetting =
    endpoint === 'main'
      ? {
          ...(spec.host && { host: spec.host }),
          ...(spec.url && { url: spec.url }),
          ...(port && { port }),
        }
      : { ...(spec.host && { host: spec.host }), ...named }
  if (place.url) return new URL(place.url).origin
  if (place.host === undefined || place.port === undefined)
    throw new ControlError('SERVICE_UNKNOWN', `service ${spec.id} has no address for "${endpoint}"`)
  return originFor(addressOf(place.host), place.port)
}
