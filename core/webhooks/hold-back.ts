import type { Logger } from 'pino'
import type { Happening } from '../events/happening.ts'
import type { Clock } from '../plugin.ts'
import { type Database, transaction } from '../store/database.ts'
import { createKeyValue } from '../store/key-value.ts'
import type { WebhookSpec } from '../topology/webhook-keys.ts'
import { belief, changed, type Damping, dampingOf, dueMs, type Subject } from './damping.ts'
import { isQuiet, quietUntil } from './quiet-hours.ts'
import { latestOfEach, summaryOf } from './summary.ts'
import { isListed, stateOf, tellingOf } from './tellings.ts'

export interface HoldBackDeps {
  db: Database
  clock: Clock
  log: Logger
  /** Hands one on to the outbox; part of a durable transaction. */
  send(happening: Happening, happenedMs: number): void
}

/** Something that is not told yet; times in ms. */
export interface Held {
  happening: Happening
  atMs: number
  untilMs: number
}

/**
 * What stands before a webhook's outbox: by night it holds back what can wait, and of what comes and
 * goes it tells no more than a person wants to know. All of it is on the disk.
 */
export interface HoldBack {
  /** May be part of a durable transaction; it is on the disk when it returns. */
  take(happening: Happening): void
  /** When the quiet that is on now ends; null while it is not quiet. */
  quietUntil(): number | null
  /** What it holds, oldest first. */
  held(): Held[]
  close(): void
}

/** A service or host as it is kept. */
interface Noted extends Subject {
  /** The latest happening of it. */
  happening: Happening
}
interface Event {
  happening: Happening
  atMs: number
}
type Telling = Event & { wasHeld: boolean }

/** The clock is looked at so often while something is held: it may have been set meanwhile. */
const NAP_MS = 60_000
const MOST_EVENTS = 500
/** What is older is of a webhook that was out of the topology. */
const WEEK_MS = 7 * 86_400_000

export function createHoldBack(spec: WebhookSpec, deps: HoldBackDeps): HoldBack {
  const { db, clock, log, send } = deps
  const store = createKeyValue(db, `held/${spec.name}`)
  const damping = dampingOf(spec)
  const over = new AbortController()
  let nap = new AbortController()

  const inOne = (work: () => void): void =>
    db.durable.isTransaction ? work() : transaction(db.durable, work)
  const isQuietFor = (name: string, ms: number): boolean =>
    isQuiet(spec.quiet_hours, ms) && !isListed(spec.quiet_hours?.except ?? [], name)
  const all = <T>(prefix: string): [key: string, value: T][] =>
    store.keys(prefix).flatMap((key): [string, T][] => {
      const value = store.get<T>(key)
      return value === undefined ? [] : [[key, value]]
    })

  /** The states that are to be told now, each noted as told. */
  const ripe = (nowMs: number): Telling[] =>
    all<Noted>('subject/').flatMap(([key, noted]): Telling[] => {
      const word = belief(noted, nowMs, damping)
      if (word === noted.told) {
        if (isSettled(noted, nowMs, damping)) store.delete(key)
        return []
      }
      const happening = tellingOf(noted.happening, word, noted, damping)
      if (isQuietFor(happening.name, nowMs)) return []
      store.set(key, { ...noted, told: word })
      const { sinceMs } = noted
      const couldBeMs = [sinceMs, Math.min(nowMs, sinceMs + damping.holdMs)]
      const wasHeld = couldBeMs.some((ms) => isQuietFor(happening.name, ms))
      return [{ happening, atMs: sinceMs, wasHeld }]
    })

  /** The other events that were held, if the quiet is over. */
  const released = (nowMs: number): Telling[] => {
    if (isQuiet(spec.quiet_hours, nowMs)) return []
    const events = all<Event>('event/')
    for (const [key] of events) store.delete(key)
    const fresh = events.map(([, event]) => event).filter(({ atMs }) => atMs > nowMs - WEEK_MS)
    return fresh.map((event) => ({ ...event, wasHeld: true }))
  }

  const look = (): void => {
    const nowMs = clock.now()
    const tellings = [...ripe(nowMs), ...released(nowMs)].sort((a, b) => a.atMs - b.atMs)
    const wanted = tellings.filter(({ happening }) => isListed(spec.events, happening.name))
    const held = wanted.filter(({ wasHeld }) => wasHeld)
    // a program has no use for a summary
    const isSummed = held.length > 1 && spec.format !== 'generic'
    if (isSummed) send(summaryOf(spec, latestOfEach(held), nowMs), nowMs)
    for (const { happening, atMs, wasHeld } of wanted)
      if (!(isSummed && wasHeld)) send(happening, atMs)
  }

  const note = (happening: Happening): void => {
    const { subject, real } = stateOf(happening) ?? {}
    if (subject !== undefined && real !== undefined) {
      const before = store.get<Noted>(`subject/${subject}`)
      const after = changed(before, real, clock.now(), damping)
      store.set(`subject/${subject}`, { ...after, happening } satisfies Noted)
      look()
    } else if (isListed(spec.events, happening.name)) {
      if (isQuietFor(happening.name, clock.now())) hold(happening)
      else send(happening, clock.now())
    }
  }

  const hold = (happening: Happening): void => {
    const keys = store.keys('event/')
    const [oldest] = keys
    if (oldest !== undefined && keys.length >= MOST_EVENTS) {
      log.warn({ webhook: spec.name }, 'too much is held back; the oldest is given up')
      store.delete(oldest)
    }
    const next = Number(keys.at(-1)?.slice('event/'.length) ?? 0) + 1
    store.set(`event/${String(next).padStart(12, '0')}`, { happening, atMs: clock.now() })
  }

  const held = (): Held[] => {
    const nowMs = clock.now()
    const quietMs = quietUntil(spec.quiet_hours, nowMs)
    const subjects = all<Noted>('subject/').flatMap(([, noted]): Held[] => {
      const word = belief(noted, nowMs, damping)
      const said = word === 'flapping' ? word : noted.real
      const dueAtMs = dueMs(noted, nowMs, damping)
      const untilMs = word === noted.told ? dueAtMs : (quietMs ?? nowMs)
      if (said === noted.told || untilMs === null) return []
      const happening = tellingOf(noted.happening, said, noted, damping)
      return [{ happening, atMs: noted.sinceMs, untilMs }]
    })
    const events = all<Event>('event/').map(([, event]) => ({
      ...event,
      untilMs: quietMs ?? nowMs,
    }))
    const wanted = [...subjects, ...events].filter(({ happening }) =>
      isListed(spec.events, happening.name),
    )
    return wanted.sort((a, b) => a.atMs - b.atMs)
  }

  /** When something of it may be due next. */
  const nextMs = (nowMs: number): number | null => {
    const quietMs = quietUntil(spec.quiet_hours, nowMs)
    const times = all<Noted>('subject/').flatMap(([, noted]) => [
      dueMs(noted, nowMs, damping) ?? noted.sinceMs + damping.withinMs,
      belief(noted, nowMs, damping) === noted.told ? null : quietMs,
    ])
    if (store.keys('event/').length > 0) times.push(quietMs ?? nowMs)
    const coming = times.filter((ms): ms is number => ms !== null && ms > nowMs)
    return coming.length === 0 ? null : Math.min(...coming)
  }

  const sleepFor = (ms: number): void => {
    nap.abort()
    nap = new AbortController()
    const signal = AbortSignal.any([nap.signal, over.signal])
    clock.sleep(ms, signal).then(lookAlone, () => {
      // Woken to sleep for another time, or over.
    })
  }
  const arm = (): void => {
    if (over.signal.aborted) return
    const nowMs = clock.now()
    const dueAtMs = nextMs(nowMs)
    if (dueAtMs === null) nap.abort()
    else sleepFor(Math.min(NAP_MS, dueAtMs - nowMs))
  }
  const lookAlone = (): void => {
    try {
      inOne(look)
    } catch (err) {
      // A full disk, say. What is held is on it already and is told at the next look.
      log.error({ err, webhook: spec.name }, 'what a webhook holds back could not be looked at')
      sleepFor(NAP_MS)
      return
    }
    arm()
  }

  lookAlone()
  return {
    take(happening) {
      inOne(() => note(happening))
      // after the transaction it may be part of, whose end nobody tells
      queueMicrotask(arm)
    },
    quietUntil: () => quietUntil(spec.quiet_hours, clock.now()),
    held,
    close: () => over.abort(new Error('the controller lets go of this webhook')),
  }
}

/** Whether no more is to be known of it than of one that was never heard of. */
const isSettled = ({ told, real, sinceMs }: Noted, nowMs: number, { withinMs }: Damping): boolean =>
  told === real && nowMs - sinceMs >= withinMs
