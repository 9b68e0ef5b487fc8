import type { Logger } from 'pino'
import { toAt } from '../clock.ts'
import { asControlError } from '../errors.ts'
import type { Host } from '../hosts/host.ts'
import { OVER } from '../hosts/limit.ts'
import { arg, sh } from '../hosts/sh.ts'
import type { Clock } from '../plugin.ts'
import { afterEvent, type ContainerChange, hasChanged } from './container-change.ts'
import { FOLLOWED, parseEvent } from './container-event.ts'
import type { ContainerView } from './container-view.ts'
import { inspectContainers, viewOf } from './inspect.ts'
import { runtimeError } from './runtime-error.ts'

export interface HostWatchDeps {
  host: Host
  clock: Clock
  log: Logger
  /** 0 ≤ n < 1, for the jitter. */
  random(): number
  tell(change: ContainerChange): void
}

/** Follows the containers of one host as one user. */
export interface HostWatch {
  /** The names that count from now on. */
  watch(names: readonly string[]): void
  /** A container as it stood when last heard of, if that was a moment ago. */
  latest(name: string): ContainerView | undefined
  stop(): void
}

/** The net under the events: what they missed is found after so long. */
const LOOK_EVERY_MS = 10_000
/** Events come in bursts; one look answers for them. */
const AFTER_EVENT_MS = 300
const HELD_MS = 5_000
const FRESH_MS = 12_000
const SAME_START_MS = 2_000
const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 60_000

export function watchHost(deps: HostWatchDeps): HostWatch {
  const { host, clock, log, random, tell } = deps
  const over = new AbortController()
  const known = new Map<string, ContainerView>()
  /** Whose start is known by an event, which comes a moment after what docker keeps as start. */
  const provisional = new Set<string>()
  let names: readonly string[] = []
  let events = 0
  let lookedAt = Number.NEGATIVE_INFINITY
  let isFollowing = false
  let wake = () => {}
  let isDue = false

  const take = (view: ContainerView, seen_by: ContainerChange['seen_by']) => {
    const before = known.get(view.name)
    known.set(view.name, view)
    const isSame = provisional.delete(view.name) && isSameStart(before, view)
    if (seen_by === 'event') provisional.add(view.name)
    if (isSame || !hasChanged(before, view)) return
    tell({
      ...{ host: host.id, container: view.name, at: toAt(clock.now()), seen_by },
      ...{ from: before?.state ?? null, to: view.state },
      ...{ started_at: view.started_at, restarts: view.restarts },
    })
  }

  const onLine = (line: string) => {
    const event = parseEvent(line)
    if (!event || !names.includes(event.name)) return
    events++
    const before = known.get(event.name)
    const after = before && afterEvent(before, event)
    if (after) take(after, 'event')
    lookSoon()
  }

  const lookSoon = () => {
    isDue = true
    wake()
  }

  const look = async (): Promise<void> => {
    isDue = false
    if (names.length === 0) return
    const eventsBefore = events
    const options = { depth: 'state' as const, signal: over.signal }
    const found = await inspectContainers(host, names, options)
    lookedAt = clock.now()
    // what was read before an event is older than the event
    if (events !== eventsBefore) return lookSoon()
    for (const each of found) take(viewOf(each), 'look')
  }

  /** Looks every so often, and soon after events. */
  const lookOn = async (): Promise<void> => {
    let failures = 0
    while (!over.signal.aborted) {
      try {
        await look()
        failures = 0
      } catch {
        failures++ // whoever asks for the containers is told why
      }
      await pause(failures > 0 ? Math.max(LOOK_EVERY_MS, backOff(failures, random)) : LOOK_EVERY_MS)
    }
  }

  /** Sleeps, unless a look is wanted soon. */
  const pause = async (ms: number): Promise<void> => {
    const waiting = new AbortController()
    wake = () => waiting.abort(OVER)
    if (isDue || over.signal.aborted) wake()
    await clock.sleep(ms, waiting.signal).catch(() => {})
    wake = () => {}
    if (isDue) await clock.sleep(AFTER_EVENT_MS, over.signal).catch(() => {})
  }

  /** Keeps `docker events` open; what happened while it was not is found by a look. */
  const follow = async (): Promise<void> => {
    let failures = 0
    while (!over.signal.aborted) {
      const since = clock.now()
      try {
        isFollowing = true
        lookSoon()
        const { runtime, command } = eventsOf(host)
        const options = { signal: over.signal, timeoutMs: null, maxOutputBytes: 4 * 1024 }
        const { code, stderr } = await host.exec(command, { ...options, onLine })
        if (code !== 0) throw runtimeError({ host: host.id, runtime }, stderr)
      } catch (thrown) {
        if (over.signal.aborted) return
        const { code } = asControlError(thrown)
        if (failures === 0) log.info({ host: host.id, code }, 'container events broke off')
      }
      isFollowing = false
      // one that held for a while was no failure
      failures = clock.now() - since > HELD_MS ? 1 : failures + 1
      await clock.sleep(backOff(failures, random), over.signal).catch(() => {})
    }
  }

  void lookOn()
  void follow()
  return {
    watch(wanted) {
      names = [...new Set(wanted)]
      for (const name of known.keys()) if (!names.includes(name)) known.delete(name)
      if (names.some((name) => !known.has(name))) lookSoon()
    },
    latest: (name) =>
      isFollowing && !isDue && clock.now() - lookedAt < FRESH_MS ? known.get(name) : undefined,
    stop() {
      over.abort(new Error('the containers of the host are no longer watched'))
      wake()
    },
  }
}

function eventsOf({ spec }: Host) {
  const runtime = spec.container_runtime
  // what is not followed (exec, attach, top) comes by the thousand
  const actions = FOLLOWED[runtime].map((action) => `event=${action}`)
  const filters = ['type=container', ...actions].map((filter) => arg(`--filter=${filter}`))
  return { runtime, command: sh`${runtime} events --format ${'{{json .}}'} ${filters}` }
}

const isSameStart = (before: ContainerView | undefined, now: ContainerView): boolean =>
  before?.state === now.state &&
  Math.abs(Date.parse(before.started_at ?? '') - Date.parse(now.started_at ?? '')) < SAME_START_MS

/** Half to the whole of a pause that doubles. */
const backOff = (failures: number, random: () => number): number =>
  Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(failures, 10)) * (0.5 + random() / 2)
