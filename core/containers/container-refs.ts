import type { TSchema } from '@sinclair/typebox'
import type { LiveService } from '../services.ts'
import { type Pointer, parentOf } from '../topology/pointer.ts'
import { tagOf } from '../topology/tags.ts'
import { isMap, walkSchema } from '../topology/walk-schema.ts'

/** A container the settings of a service name, with its host. */
export interface ContainerRef {
  name: string
  host: string
}

/**
 * The containers of a service, by the tag of ContainerName. Each is on the host of the nearest
 * enclosing object that names one (a further server), else on the service's own.
 */
export function containerRefs(
  schema: TSchema,
  settings: unknown,
  ownHost: string | undefined,
): ContainerRef[] {
  const hosts = new Map<Pointer, string>()
  const found = new Map<string, ContainerRef>()
  for (const { schema: governing, value, at } of walkSchema(schema, settings, '')) {
    if (at !== '' && isMap(value) && typeof value.host === 'string') hosts.set(at, value.host)
    if (tagOf(governing) !== 'container-name' || typeof value !== 'string') continue
    const host = enclosing(hosts, at) ?? ownHost
    if (host !== undefined) found.set(`${host} ${value}`, { name: value, host })
  }
  return [...found.values()]
}

/** By the spec of a service, which never changes: an edit makes another. */
const known = new WeakMap<LiveService['spec'], ContainerRef[]>()

/** The containers a live service names; asked of all services at every change of one. */
export function refsOf({ loaded, spec }: Pick<LiveService, 'loaded' | 'spec'>): ContainerRef[] {
  const refs = known.get(spec) ?? containerRefs(loaded.plugin.settings, spec.settings, spec.host)
  known.set(spec, refs)
  return refs
}

function enclosing(hosts: ReadonlyMap<Pointer, string>, at: Pointer): string | undefined {
  for (let place = parentOf(at); place !== ''; place = parentOf(place)) {
    const host = hosts.get(place)
    if (host !== undefined) return host
  }
  return undefined
}
