import type { Logger } from 'pino'
import type { OperateHandler } from '../api.ts'
import { ControlError } from '../errors.ts'
import type { EventView } from '../events/event-view.ts'
import type { Hosts } from '../hosts/hosts.ts'
import type { JobDef } from '../jobs/job.ts'
import type { Clock } from '../plugin.ts'
import type { LiveService } from '../services.ts'
import type { Database } from '../store/database.ts'
import { createKeyValue } from '../store/key-value.ts'
import type { KeyValue } from '../store/store.ts'
import type { ContainerAct } from './container-act.ts'
import { containerJobs, containersTopic } from './container-jobs.ts'
import { type ContainerLine, type LogOptions, readContainerLog } from './container-log.ts'
import { refsOf } from './container-refs.ts'
import { type ContainerActRoute, ownActHandler } from './container-routes.ts'
import type { ContainerView } from './container-view.ts'
import { createReaders } from './readers.ts'
import { findOnly } from './service-containers.ts'
import { type ContainerWatch, createContainerWatch, type WatchedContainer } from './watch.ts'

/** Each holds a channel of its connection, of which six may be held at a time. */
const MOST_READERS = 3

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
  /** Plan and deed on the one container of a service. */
  actOf(service: string, act: ContainerAct): OperateHandler<ContainerActRoute>
  /** The log of the one container of a service. */
  logOf(service: string, options: LogOptions): AsyncIterable<ContainerLine>
  /** Ids of the services whose container it is. */
  ownersOf(container: { container: string; host: string }): string[]
  /** The services have changed. */
  update(): void
  close(): void
}

export function createContainers(deps: ContainersDeps): Containers {
  const { db, clock, log, hosts, services, publish, probeSoon } = deps
  const storeOf = (service: string) => createKeyValue(db, `containers/${service}`)
  const watch = createContainerWatch({ hosts, clock, log })
  watch.onChange((change) => {
    publish({ type: 'container-changed', change })
    if (change.from === null) return
    for (const id of ownersOf(change)) {
      publish({ type: 'changed', topic: containersTopic(id), service: id })
      probeSoon(id)
    }
  })
  const ownersOf = ({ container, host }: { container: string; host: string }) =>
    services()
      .filter((live) => refsOf(live).some((ref) => ref.name === container && ref.host === host))
      .map(({ spec }) => spec.id)
  const find = (id: string): LiveService => {
    const live = services().find(({ spec }) => spec.id === id)
    if (live) return live
    throw new ControlError('SERVICE_GONE', `${id} left the topology`)
  }
  const readers = createReaders(MOST_READERS)
  let isDue = false
  let isClosed = false
  // A topology of a thousand services starts them one by one; they are gone through once.
  const update = () => {
    if (isDue) return
    isDue = true
    setImmediate(() => {
      isDue = false
      if (!isClosed) watch.update(services().flatMap(watchedOf))
    })
  }
  return {
    watch,
    storeOf,
    ownersOf,
    actOf: (service, act) => ownActHandler(act, { find, all: services, storeOf }, service),
    logOf(service, options) {
      const { service: own, spec } = find(service)
      const ref = findOnly(service, refsOf(find(service)))
      const host = own.hosts.get(ref.host)
      if (!host) throw new ControlError('HOST_UNKNOWN', `there is no host "${ref.host}"`)
      const lines = readContainerLog(host, ref.name, options)
      return readers.read(`${ref.host} as ${spec.user ?? host.spec.user}`, lines)
    },
    jobs: containerJobs({
      storeOf,
      async probe(id, signal) {
        const { running, failure } = find(id)
        if (running) return running.probe(signal)
        throw failure ?? new ControlError('SERVICE_FAILED', id)
      },
    }),
    latest: watch.latest,
    update,
    close() {
      isClosed = true
      watch.close()
    },
  }
}

const watchedOf = (live: LiveService): WatchedContainer[] =>
  refsOf(live).map((ref) => ({
    ...ref,
    ...(live.spec.user !== undefined && { user: live.spec.user }),
  }))
