import type { Logger } from 'pino'
import { ControlError } from '../errors.ts'
import type { EventView } from '../events/event-view.ts'
import type { Hosts } from '../hosts/hosts.ts'
import type { JobDef } from '../jobs/job.ts'
import type { Clock } from '../plugin.ts'
import type { LiveService } from '../services.ts'
import type { Database } from '../store/database.ts'
import { createKeyValue } from '../store/key-value.ts'
import type { KeyValue } from '../store/store.ts'
import { containerJobs, containersTopic } from './container-jobs.ts'
import { refsOf } from './container-routes.ts'
import type { ContainerView } from './container-view.ts'
import { type ContainerWatch, createContainerWatch, type WatchedContainer } from './watch.ts'

export interface ContainersDeps {
  db: Database
  clock: Clock
  log: Logger
  hosts: Hosts
  /** The services that are live now; asked anew each time. */
  services(): readonly LiveService[]
  publish(event: EventView): void
  probeSoon(service: string): void
}

/** What the controller knows and does about containers of services. */
export interface Containers {
  readonly watch: ContainerWatch
  /** The jobs of a kind whose containers are plain ones. */
  readonly jobs: Readonly<Record<string, JobDef>>
  /** What is kept of a service's containers. */
  storeOf(service: string): KeyValue
  latest(container: WatchedContainer): ContainerView | undefined
  /** The services have changed. */
  update(): void
}

export function createContainers(deps: ContainersDeps): Containers {
  const { db, clock, log, hosts, services, publish, probeSoon } = deps
  const storeOf = (service: string) => createKeyValue(db, `containers/${service}`)
  const watch = createContainerWatch({ hosts, clock, log })
  watch.onChange((change) => {
    publish({ type: 'container', change })
    for (const live of services()) {
      const { id } = live.spec
      const isIts = refsOf(live).some(
        ({ name, host }) => name === change.container && host === change.host,
      )
      if (!isIts || change.from === null) continue
      publish({ type: 'changed', topic: containersTopic(id), service: id })
      probeSoon(id)
    }
  })
  return {
    watch,
    storeOf,
    jobs: containerJobs({
      storeOf,
      async probe(id, signal) {
        const live = services().find(({ spec }) => spec.id === id)
        if (live?.running) return live.running.probe(signal)
        throw live?.failure ?? new ControlError('SERVICE_GONE', `${id} left the topology`)
      },
    }),
    latest: watch.latest,
    update: () => watch.update(services().flatMap(watchedOf)),
  }
}

const watchedOf = (live: LiveService): WatchedContainer[] =>
  refsOf(live).map((ref) => ({
    ...ref,
    ...(live.spec.user !== undefined && { user: live.spec.user }),
  }))
