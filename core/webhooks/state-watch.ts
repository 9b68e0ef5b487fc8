import type { Logger } from 'pino'
import type { Happening, Tell } from '../events/happening.ts'
import type { Clock } from '../plugin.ts'
import { type Database, transaction } from '../store/database.ts'
import { createKeyValue } from '../store/key-value.ts'
import { titleWithId } from '../title-of.ts'
import type { HostView, ServiceView } from '../views.ts'
import { hostState, serviceState } from './states.ts'

export interface StateWatchDeps {
  db: Database
  clock: Clock
  log: Logger
  tell: Tell
}

/** Makes happenings of what is seen of hosts and services. */
export interface StateWatch {
  service(view: ServiceView): void
  host(view: HostView): void
}

/**
 * What was told last is kept with the telling, so that a restart neither tells the same again nor
 * misses what changed meanwhile. What was never told counts as well: news is bad news first.
 */
export function createStateWatch({ db, clock, log, tell }: StateWatchDeps): StateWatch {
  const store = createKeyValue(db, 'told')
  const told = new Map<string, string>()
  const unreachableSince = new Map<string, number>()

  const lastTold = (subject: string): string => {
    const state = told.get(subject) ?? store.get<string>(subject) ?? 'up'
    told.set(subject, state)
    return state
  }

  const note = (
    subject: string,
    state: string | undefined,
    say: (state: string) => Omit<Happening, 'key'> | undefined,
  ): void => {
    if (state === undefined || state === lastTold(subject)) return
    const happening = say(state)
    try {
      transaction(db.durable, () => {
        store.set(subject, state)
        if (happening) tell({ ...happening, key: `${subject}:${state}:${clock.now()}` })
      })
      told.set(subject, state)
    } catch (err) {
      // The look itself goes on, and the next one tells it.
      log.warn({ err, subject, state }, 'a change of state could not be told')
    }
  }

  const noteDisks = ({ id, figures, low_disks = [] }: HostView): void => {
    for (const disk of figures?.disks ?? []) {
      const subject = `disk:${id}:${disk.path}`
      note(subject, low_disks.includes(disk.path) ? 'low' : 'up', (state) =>
        state === 'low'
          ? { name: 'disk_low', subject: `${disk.path} on ${id}`, data: { host: id, ...disk } }
          : undefined,
      )
    }
  }

  return {
    service(view) {
      const { id, host, reason } = view
      note(`service:${id}`, serviceState(view), (state) => ({
        name: state === 'down' ? 'service_down' : 'service_up',
        subject: titleWithId(view),
        data: { service: id, host, ...(state === 'down' && reason && { reason }) },
      }))
    },
    host(view) {
      const { id, address, error } = view
      if (view.state !== 'unreachable') unreachableSince.delete(id)
      else if (!unreachableSince.has(id)) unreachableSince.set(id, clock.now())
      const sinceMs = unreachableSince.get(id)
      note(`host:${id}`, hostState(view, clock.now() - (sinceMs ?? clock.now())), (state) => ({
        name: state === 'down' ? 'host_down' : 'host_up',
        subject: id,
        data: { host: id, address, ...(state === 'down' && error && { reason: error.message }) },
      }))
      noteDisks(view)
    },
  }
}
