import type { Logger } from 'pino'
import type { Hosts } from '../hosts/hosts.ts'
import type { Clock } from '../plugin.ts'
import type { ContainerChange } from './container-change.ts'
import type { ContainerRef } from './container-refs.ts'
import type { ContainerView } from './container-view.ts'
import { type HostWatch, watchHost } from './host-watch.ts'

export interface ContainerWatchDeps {
  hosts: Pick<Hosts, 'get' | 'ids'>
  clock: Clock
  log: Logger
  random?(): number
}

/** A container with the SSH user its service goes by; none: the host's own. */
export interface WatchedContainer extends ContainerRef {
  user?: string
}

/**
 * Follows every container of every service over the kept connections: by `docker events`, so that a
 * restart of a fifth of a second is seen, with a look every ten seconds as a net.
 */
export interface ContainerWatch {
  /** Takes the containers that count from now on. */
  update(wanted: readonly WatchedContainer[]): void
  /** Calls back at every change, in this process and at once; it must not throw. Returns how to leave. */
  onChange(listener: (change: ContainerChange) => void): () => void
  /** A container as it stood a moment ago; undefined where that is not known. */
  latest(container: WatchedContainer): ContainerView | undefined
  close(): void
}

export function createContainerWatch(deps: ContainerWatchDeps): ContainerWatch {
  const { hosts, clock, log, random = Math.random } = deps
  const watches = new Map<string, HostWatch>()
  const listeners = new Set<(change: ContainerChange) => void>()
  const tell = (change: ContainerChange) => {
    for (const listener of [...listeners]) listener(change)
  }

  const hasShell = ({ host, user }: WatchedContainer, ids: ReadonlySet<string>): boolean => {
    if (!ids.has(host)) return false
    const { spec } = hosts.get(host)
    // an empty user stands for none
    return user === undefined ? spec.user !== undefined || spec.local : user !== ''
  }

  return {
    update(wanted) {
      const ids = new Set(hosts.ids())
      const byPlace = Map.groupBy(
        wanted.filter((each) => hasShell(each, ids)),
        keyOf,
      )
      for (const [key, watch] of watches) {
        if (byPlace.has(key)) continue
        watch.stop()
        watches.delete(key)
      }
      for (const [key, containers] of byPlace) {
        const [first] = containers
        if (!first) continue
        const host = hosts.get(first.host, first.user)
        const watch = watches.get(key) ?? watchHost({ host, clock, log, random, tell })
        watches.set(key, watch)
        watch.watch(containers.map(({ name }) => name))
      }
    },
    onChange(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    latest: (container) => watches.get(keyOf(container))?.latest(container.name),
    close() {
      listeners.clear()
      for (const watch of watches.values()) watch.stop()
      watches.clear()
    },
  }
}

const keyOf = ({ host, user = '' }: WatchedContainer): string => JSON.stringify([host, user])
