import { isDeepStrictEqual } from 'node:util'
import type { ServiceSpec, Topology } from './topology.ts'

/** Ids by what became of them. Each id stands in exactly one list. */
export interface Changes {
  added: string[]
  removed: string[]
  changed: string[]
  untouched: string[]
}

/** What an edit changes, and by that what it leaves alone. */
export interface TopologyDiff {
  hosts: Changes
  /** Of enabled services only: one that is disabled now counts as removed, and the other way round. */
  services: Changes
  /** Keys besides hosts and services that differ: `listen`, `access`, … */
  keys: ('cluster' | 'listen' | 'access' | 'plugins')[]
}

/**
 * Compares two topologies. A service is changed when its entry differs, or a host it refers to.
 * The order of services and `disabled` in themselves change nothing.
 */
export function diffTopology(before: Topology | null, after: Topology): TopologyDiff {
  const hosts = compare(before?.hosts ?? {}, after.hosts, isDeepStrictEqual)
  const moved = new Set([...hosts.added, ...hosts.removed, ...hosts.changed])
  const services = compare(
    enabled(before),
    enabled(after),
    (old, now) => isSameEntry(old, now) && !usesOf(now).some((host) => moved.has(host)),
  )
  const keys = (['cluster', 'listen', 'access', 'plugins'] as const).filter(
    (key) => !isDeepStrictEqual(before?.[key], after[key]),
  )
  return { hosts, services, keys }
}

function compare<T>(
  before: Readonly<Record<string, T>>,
  after: Readonly<Record<string, T>>,
  isSame: (before: T, after: T) => boolean,
): Changes {
  const changes: Changes = { added: [], removed: [], changed: [], untouched: [] }
  for (const id of Object.keys(before)) if (!Object.hasOwn(after, id)) changes.removed.push(id)
  for (const [id, now] of Object.entries(after)) {
    const old = Object.hasOwn(before, id) ? before[id] : undefined
    if (old === undefined) changes.added.push(id)
    else changes[isSame(old, now) ? 'untouched' : 'changed'].push(id)
  }
  return changes
}

const enabled = (topology: Topology | null): Record<string, ServiceSpec> =>
  Object.fromEntries(
    Object.entries(topology?.services ?? {}).filter(([, service]) => !service.isDisabled),
  )

const isSameEntry = (before: ServiceSpec, after: ServiceSpec): boolean =>
  isDeepStrictEqual(before, after)

const usesOf = ({ uses, host }: ServiceSpec): readonly string[] =>
  uses ?? (host === undefined ? [] : [host])
