/**
 * The resources acts and leases exclude each other over: `gpu` (every host's), `gpu:<host>`, the id
 * of a service, or a name of a kind's own. Pure, so that the dashboard decides by the same words.
 */

/** Hosts a service runs on; none for a name that is no service. */
export type HostsOf = (service: string) => readonly string[]

const NOWHERE: HostsOf = () => []

/** Whether two resources are the same, or one contains the other (`gpu` contains `gpu:spark-1`). */
export const overlaps = (one: string, other: string): boolean =>
  one === other || one.startsWith(`${other}:`) || other.startsWith(`${one}:`)

/**
 * The first resource of `wanted` that something in `held` excludes. A service stands for the GPUs of
 * its hosts as well, unless its list names GPUs itself: who says which it takes takes no other. Two
 * services on one host do not exclude each other.
 */
export function findClash(
  wanted: readonly string[],
  held: readonly string[],
  hostsOf: HostsOf = NOWHERE,
): string | undefined {
  const meets = (resource: string, others: readonly string[]) =>
    others.some((other) => overlaps(resource, other))
  const alsoHeld = impliedBy(held, hostsOf)
  return wanted.find(
    (resource) =>
      meets(resource, held) ||
      meets(resource, alsoHeld) ||
      (!namesGpu(wanted) && gpusOf(resource, hostsOf).some((gpu) => meets(gpu, held))),
  )
}

/** Of `services` those that `held` keeps from being changed. */
export const coveredBy = (
  held: readonly string[],
  services: readonly string[],
  hostsOf: HostsOf,
): string[] => services.filter((id) => findClash([id], held, hostsOf) !== undefined)

/** A resource in the owner's words. */
export function nameOf(resource: string): string {
  if (resource === 'gpu') return 'every GPU'
  return resource.startsWith('gpu:') ? `the GPU of ${resource.slice(4)}` : resource
}

const impliedBy = (resources: readonly string[], hostsOf: HostsOf): string[] =>
  namesGpu(resources) ? [] : resources.flatMap((resource) => gpusOf(resource, hostsOf))

const gpusOf = (service: string, hostsOf: HostsOf): string[] =>
  hostsOf(service).map((host) => `gpu:${host}`)

const namesGpu = (resources: readonly string[]): boolean =>
  resources.some((resource) => overlaps(resource, 'gpu'))
