import { createStore, produce, reconcile } from 'solid-js/store'
import type { ContainerChange } from '../core/containers/container-change.ts'
import type { LeaseChange, LeaseView } from '../core/coordination/lease.ts'
import type { EventView, NoticeView } from '../core/events/event-view.ts'
import type { ControllerView, HostView, JobView, ServiceView } from '../core/views.ts'

/** The cluster as the controller last told it. */
export interface Live {
  /** `lost`: what is shown is what was known at `heardAt`. */
  link: 'waiting' | 'open' | 'lost'
  /** When the controller was last heard, ms since 1970; null = never. */
  heardAt: number | null
  /** The controller's clock minus this device's, ms. */
  skewMs: number
  controller: ControllerView | null
  hosts: HostView[]
  services: ServiceView[]
  /** Newest first, at most 100. */
  jobs: JobView[]
  /** Reservations, oldest first. */
  leases: LeaseView[]
}

type Line = Extract<EventView, { type: 'line' }>
type Snapshot = Extract<EventView, { type: 'snapshot' }>

const MOST_JOBS = 100
const [state, setState] = createStore<Live>({
  link: 'waiting',
  heardAt: null,
  skewMs: 0,
  controller: null,
  hosts: [],
  services: [],
  jobs: [],
  leases: [],
})
const lineListeners = new Set<(line: Line) => void>()
const changeListeners = new Set<(topic: string) => void>()
const containerListeners = new Set<(change: ContainerChange) => void>()
const noticeListeners = new Set<(notice: NoticeView) => void>()

/** What every page reads. */
export const live: Live = state

/** Says how the connection to the controller stands. */
export function setLink(link: Live['link'], heardAt?: number, skewMs?: number): void {
  setState({
    link,
    // 0: never
    ...(heardAt && { heardAt }),
    ...(link === 'open' && skewMs !== undefined && { skewMs }),
  })
}

/** Calls back for every line of every job; returns how to leave. */
export const onLine = (listener: (line: Line) => void) => listen(lineListeners, listener)

/** Calls back when pages should fetch a topic (`models`) again; `*` = all of them. */
export const onChanged = (listener: (topic: string) => void) => listen(changeListeners, listener)

/** Calls back for every change of a container; returns how to leave. */
export const onContainer = (listener: (change: ContainerChange) => void) =>
  listen(containerListeners, listener)

/** Calls back for everything the owner should hear of; returns how to leave. */
export const onNotice = (listener: (notice: NoticeView) => void) =>
  listen(noticeListeners, listener)

/** The state as a tab that has just been opened needs it. */
export const takeSnapshot = (): Snapshot | null =>
  state.controller && {
    type: 'snapshot',
    controller: state.controller,
    hosts: state.hosts,
    services: state.services,
    jobs: state.jobs,
    leases: state.leases,
  }

/** Brings what is shown up to an event. */
export function applyEvent(event: EventView): void {
  switch (event.type) {
    case 'snapshot':
      setState('controller', reconcile(event.controller))
      setState('hosts', reconcile(event.hosts, { key: 'id' }))
      setState('services', reconcile(event.services, { key: 'id' }))
      setState('jobs', reconcile(newestFirst(event.jobs), { key: 'id' }))
      setState('leases', reconcile(event.leases, { key: 'fence' }))
      tell(changeListeners, '*')
      break
    case 'controller':
      setState('controller', reconcile(event.controller))
      break
    case 'host':
      put('hosts', event.host)
      break
    case 'service':
      put('services', event.service)
      break
    case 'job':
      noteJob(event.job)
      break
    case 'lease':
      noteLease(event)
      break
    case 'host-removed':
      setState('hosts', (hosts) => hosts.filter(({ id }) => id !== event.id))
      break
    case 'service-removed':
      setState('services', (services) => services.filter(({ id }) => id !== event.id))
      break
    case 'line':
      tell(lineListeners, event)
      break
    case 'notice':
      tell(noticeListeners, event.notice)
      break
    case 'container-changed':
      tell(containerListeners, event.change)
      break
    case 'changed':
      tell(changeListeners, event.topic)
  }
}

/** Shows a job as an answer gave it, before its event arrives. */
export function noteJob(job: JobView): void {
  const at = state.jobs.findIndex(({ id }) => id === job.id)
  if (at >= 0) setState('jobs', at, reconcile(job))
  else setState('jobs', (jobs) => newestFirst([job, ...jobs]))
}

function noteLease({ change, lease }: LeaseChange): void {
  const isHeld = change === 'acquired' || change === 'renewed'
  setState('leases', (leases) => {
    const others = leases.filter(({ fence }) => fence !== lease.fence)
    return isHeld ? [...others, lease] : others
  })
}

const newestFirst = (jobs: readonly JobView[]): JobView[] =>
  [...jobs].sort((a, b) => b.created_at.localeCompare(a.created_at)).slice(0, MOST_JOBS)

function put<K extends 'hosts' | 'services'>(key: K, value: Live[K][number]): void {
  const at = state[key].findIndex(({ id }) => id === value.id)
  if (at >= 0) setState(key, at as never, reconcile(value) as never)
  else setState(produce((draft) => void (draft[key] as unknown[]).push(value)))
}

function listen<T>(listeners: Set<T>, listener: T): () => void {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

function tell<T>(listeners: Set<(value: T) => void>, value: T): void {
  for (const listener of [...listeners]) listener(value)
}
