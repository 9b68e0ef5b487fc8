import { type Static, Type } from '@sinclair/typebox'
import { toAt } from '../../clock.ts'
import { ControlError } from '../../errors.ts'
import type { Host } from '../../hosts/host.ts'
import { At, Nullable } from '../../wire-types.ts'
import { ContainerView } from '../container-view.ts'
import { inspectContainers, viewOf } from '../inspect.ts'
import { type HostImage, judgeImages } from './judge-images.ts'
import { readImages } from './read-images.ts'

/** An image services start containers from, as one host has it and how that compares. */
const HostImageView = Type.Object({
  image: Type.String(),
  /** Services that use it. */
  services: Type.Array(Type.String()),
  /** The first twelve digits; null: it is not on this host. */
  id: Nullable(Type.String()),
  created_at: Nullable(At),
  verdict: Type.Union(
    (['same', 'differs', 'missing', 'alone', 'unknown'] as const).map((word) => Type.Literal(word)),
  ),
  /** Whether the hosts that need it have the same: `same on both hosts`. */
  text: Type.String(),
})
export const HostContainersView = Type.Object({
  read_at: At,
  /** What runs there, the one with most memory first. */
  containers: Type.Array(ContainerView),
  images: Type.Array(HostImageView),
})
export type HostContainersView = Static<typeof HostContainersView>

/** An image a service uses, and where it has to be. */
export interface UsedImage {
  service: string
  image: string
  hosts: readonly string[]
}

/**
 * What runs on a host and takes memory, and whether the images of engines are the same wherever they
 * are needed. Two round trips, and one to each host that is compared; so it is asked when somebody
 * looks, not at every poll. Throws CONTAINERS_* and HOST_*.
 */
export async function lookAtHost(
  id: string,
  options: {
    host(id: string): Host
    used: readonly UsedImage[]
    nowMs: number
    signal?: AbortSignal
  },
): Promise<HostContainersView> {
  const { host: find, used, nowMs, signal } = options
  const names = [...new Set(used.flatMap(({ image, hosts }) => (hosts.includes(id) ? image : [])))]
  const needed = new Map(
    names.map((name) => [
      name,
      [...new Set(used.flatMap(({ image, hosts }) => (image === name ? hosts : [])))],
    ]),
  )
  const others = [...new Set([...needed.values()].flat())].filter((each) => each !== id)
  const [own, ...rest] = await Promise.all([
    readImages(find(id), names, signal),
    ...others.map(async (other) => {
      try {
        return await readImages(find(other), names, signal)
      } catch {
        signal?.throwIfAborted()
        return undefined // its own page says why
      }
    }),
  ])
  if (!own) throw new ControlError('INTERNAL', `${id} was not looked at`)
  const looks = new Map([[id, own], ...others.map((other, n) => [other, rest[n]] as const)])
  const found =
    own.containers.length === 0
      ? []
      : await inspectContainers(find(id), own.containers, { ...(signal && { signal }) })
  return {
    read_at: toAt(nowMs),
    containers: found
      .map(viewOf)
      .filter(({ state }) => state !== 'absent')
      .sort((a, b) => (b.memory_bytes ?? 0) - (a.memory_bytes ?? 0)),
    images: [...needed].map(([image, hosts]) => {
      const there = hosts.map((host): HostImage => {
        const look = looks.get(host)
        const found = look?.images.get(image)
        return { host, id: look && (found?.id ?? null), created_at: found?.created_at ?? null }
      })
      const mine = there.find(({ host }) => host === id)
      const services = used.filter((each) => each.image === image && each.hosts.includes(id))
      return {
        image,
        services: services.map(({ service }) => service),
        id: mine?.id ?? null,
        created_at: mine?.created_at ?? null,
        ...judgeImages(there, nowMs),
      }
    }),
  }
}
