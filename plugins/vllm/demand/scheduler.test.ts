import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FAILED_FOR_MS, type Order, Scheduler, type World } from './scheduler.ts'
import type { Policy } from './settings.ts'

const MINUTE = 60_000
const policy = (change: Partial<Policy> = {}): Policy => ({
  minLoadedMs: 2 * MINUTE,
  maxWaitMs: 1000 * MINUTE,
  idleUnloadMs: null,
  defaultModel: null,
  isPreloaded: false,
  ...change,
})
const world = (change: Partial<World> = {}): World => ({
  loaded: null,
  running: 0,
  isUsed: false,
  job: null,
  ...change,
})
const create = (change: Partial<Policy> = {}) => new Scheduler<string>(policy(change), 0)

describe('a service on demand', () => {
  it('loads what is asked for at once if nothing is loaded, and grants all who wait for it', () => {
    const scheduler = create()
    for (const id of [1, 2, 3]) scheduler.ask(id, 'a', id)
    expect(scheduler.next(world(), 3)).toEqual([{ to: 'load', model: 'a' }])
    expect(scheduler.next(world({ job: { model: 'a' } }), 4)).toEqual([])
    expect(scheduler.next(world({ loaded: 'a', job: { model: 'a' } }), 5)).toEqual([
      { to: 'grant', ids: [1, 2, 3] },
    ])
  })

  it('keeps a model for its time, then holds new requests back until the running ones end', () => {
    const scheduler = create()
    scheduler.next(world({ loaded: 'a' }), 0)
    scheduler.ask(1, 'b', 1)
    expect(scheduler.next(world({ loaded: 'a' }), 2 * MINUTE - 1)).toEqual([])
    const busy = world({ loaded: 'a', running: 2 })
    expect(scheduler.next(busy, 2 * MINUTE)).toEqual([{ to: 'hold back' }])
    scheduler.ask(2, 'a', 2 * MINUTE + 1)
    expect(scheduler.next(busy, 3 * MINUTE)).toEqual([])
    expect(scheduler.next(world({ loaded: 'a', running: null }), 3 * MINUTE)).toEqual([])
    expect(scheduler.next(world({ loaded: 'a' }), 3 * MINUTE)).toEqual([{ to: 'load', model: 'b' }])
  })

  it('lets requests through again when those who waited for another model have left', () => {
    const scheduler = create()
    scheduler.next(world({ loaded: 'a' }), 0)
    scheduler.ask(1, 'b', 1)
    const busy = world({ loaded: 'a', running: 1 })
    expect(scheduler.next(busy, 2 * MINUTE)).toEqual([{ to: 'hold back' }])
    scheduler.ask(2, 'a', 2 * MINUTE)
    scheduler.leave(1)
    expect(scheduler.next(busy, 2 * MINUTE + 1)).toEqual([
      { to: 'let through' },
      { to: 'grant', ids: [2] },
    ])
  })

  it('begins nothing while a job is under way or something else holds the machines', () => {
    const scheduler = create()
    scheduler.ask(1, 'b', 0)
    expect(scheduler.next(world({ job: { model: null } }), 1)).toEqual([])
    expect(scheduler.next(world({ job: { model: 'other' } }), 1)).toEqual([])
    scheduler.postpone(10_000)
    expect(scheduler.next(world(), 9_999)).toEqual([])
    expect(scheduler.next(world(), 10_000)).toEqual([{ to: 'load', model: 'b' }])
  })

  it('tells all who wait, and who comes soon after, that a load failed; then tries again', () => {
    const scheduler = create()
    scheduler.ask(1, 'a', 0)
    scheduler.ask(2, 'a', 1)
    scheduler.failed('a', 'out of memory', 5)
    expect(scheduler.next(world(), 5)).toEqual([
      { to: 'refuse', ids: [1, 2], failure: 'out of memory' },
    ])
    expect(scheduler.ask(3, 'a', 6)).toBe('out of memory')
    expect(scheduler.ask(4, 'a', 5 + FAILED_FOR_MS)).toBeUndefined()
    expect(scheduler.next(world(), 5 + FAILED_FOR_MS)).toEqual([{ to: 'load', model: 'a' }])
  })

  it('gives up on a request after the longest wait, not before', () => {
    const scheduler = create({ maxWaitMs: MINUTE })
    scheduler.ask(1, 'a', 0)
    scheduler.ask(2, 'a', 1)
    scheduler.postpone(10 * MINUTE)
    expect(scheduler.next(world(), MINUTE - 1)).toEqual([])
    expect(scheduler.next(world(), MINUTE)).toEqual([{ to: 'give up', ids: [1] }])
  })

  it('unloads after the idle time, counted from the last request, and never under one', () => {
    const scheduler = create({ idleUnloadMs: 10 * MINUTE })
    const idle = world({ loaded: 'a' })
    scheduler.next(idle, 0)
    expect(scheduler.next(idle, 10 * MINUTE - 1)).toEqual([])
    scheduler.next({ ...idle, isUsed: true }, 10 * MINUTE - 1)
    expect(scheduler.next({ ...idle, running: 1 }, 15 * MINUTE)).toEqual([])
    expect(scheduler.next({ ...idle, running: null }, 20 * MINUTE)).toEqual([])
    expect(scheduler.next(idle, 30 * MINUTE)).toEqual([{ to: 'hold back' }, { to: 'unload' }])
  })

  it('goes back to the default model when idle, and keeps that', () => {
    const scheduler = create({ idleUnloadMs: MINUTE, defaultModel: 'home' })
    scheduler.next(world({ loaded: 'a' }), 0)
    expect(scheduler.next(world({ loaded: 'a' }), 5 * MINUTE)).toEqual([
      { to: 'hold back' },
      { to: 'load', model: 'home' },
    ])
    scheduler.next(world({ loaded: 'home' }), 6 * MINUTE)
    expect(scheduler.next(world({ loaded: 'home' }), 600 * MINUTE)).toEqual([])
  })

  it('loads a model nobody asks for only while nothing is loaded, and once', () => {
    const scheduler = create()
    scheduler.wish('home')
    expect(scheduler.next(world(), 0)).toEqual([{ to: 'load', model: 'home' }])
    scheduler.next(world({ loaded: 'other' }), 1)
    expect(scheduler.next(world(), 2)).toEqual([])
  })
})

interface Arrival {
  atMs: number
  model: string
  runMs: number
}

const SECOND = 1_000
const LOAD_MS = 90 * SECOND
const LONGEST_RUN_MS = 40 * SECOND

/** Plays arrivals against a scheduler, a second at a time, until everybody is answered. */
function play(arrivals: readonly Arrival[], change: Partial<Policy> = {}) {
  const scheduler = create(change)
  const waits = new Map<number, number>()
  const loads: { atMs: number; model: string }[] = []
  const ends: number[] = []
  const gone = new Set<number>()
  let loaded: string | null = null
  let isHeldBack = false
  let job: { model: string; endMs: number } | null = null
  let next = 0
  const run = (id: number, nowMs: number) => {
    const arrival = arrivals[id] as Arrival
    expect(loaded).toBe(arrival.model)
    waits.set(id, nowMs - arrival.atMs)
    ends.push(nowMs + arrival.runMs)
  }
  const carryOut = (order: Order<string>, nowMs: number) => {
    if (order.to === 'grant') for (const id of order.ids) run(id, nowMs)
    else if (order.to === 'give up') for (const id of order.ids) gone.add(id)
    else if (order.to === 'hold back') isHeldBack = true
    else if (order.to === 'let through') isHeldBack = false
    else if (order.to === 'load') {
      expect(ends.filter((endMs) => endMs > nowMs)).toEqual([])
      expect(order.model).not.toBe(loaded)
      loads.push({ atMs: nowMs, model: order.model })
      job = { model: order.model, endMs: nowMs + LOAD_MS }
      loaded = null
    }
  }
  for (let nowMs = 0; waits.size + gone.size < arrivals.length; nowMs += SECOND) {
    if (nowMs > 10_000_000 * SECOND) throw new Error('somebody is never answered')
    for (; next < arrivals.length && (arrivals[next]?.atMs ?? 0) <= nowMs; next++) {
      const { model } = arrivals[next] as Arrival
      if (loaded === model && !isHeldBack) run(next, nowMs)
      else expect(scheduler.ask(next, model, nowMs)).toBeUndefined()
    }
    const { model = null, endMs = 0 } = (job as { model: string; endMs: number } | null) ?? {}
    if (job && nowMs >= endMs) {
      loaded = model
      job = null
    }
    const running = ends.filter((endMs) => endMs > nowMs).length
    const orders = scheduler.next({ loaded, running, isUsed: false, job: job && { model } }, nowMs)
    for (const order of orders) carryOut(order, nowMs)
  }
  return { waits, loads, gone }
}

const arrivalsOf = (models: readonly string[], spanMs: number, count: number) =>
  fc
    .array(
      fc.record({
        atMs: fc.integer({ min: 0, max: spanMs }),
        model: fc.constantFrom(...models),
        runMs: fc.integer({ min: SECOND, max: LONGEST_RUN_MS }),
      }),
      { minLength: count, maxLength: count },
    )
    .map((arrivals) => arrivals.sort((a, b) => a.atMs - b.atMs))

const MODELS = ['a', 'b', 'c']

describe('1,000 requests over three models', () => {
  it('that wait at the same time are all answered with one load for each model', () => {
    fc.assert(
      fc.property(arrivalsOf(MODELS, 0, 1000), (arrivals) => {
        const { waits, loads } = play(arrivals)
        expect(waits.size).toBe(1000)
        expect(loads.length).toBe(new Set(arrivals.map(({ model }) => model)).size)
      }),
      { numRuns: 20, endOnFailure: true },
    )
  })

  it('that come at random are all answered: loads as far apart as min_loaded says, nobody starves', () => {
    fc.assert(
      fc.property(
        arrivalsOf(MODELS, 240 * MINUTE, 1000),
        fc.integer({ min: 1, max: 20 }),
        (arrivals, minutes) => {
          const minLoadedMs = minutes * MINUTE
          const { waits, loads } = play(arrivals, { minLoadedMs })
          expect(waits.size).toBe(1000)
          for (const [index, { atMs }] of loads.slice(1).entries()) {
            expect(atMs - (loads[index]?.atMs ?? 0)).toBeGreaterThanOrEqual(LOAD_MS + minLoadedMs)
          }
          // In the order they came, every change of model would have been a load.
          const changes = arrivals.filter(({ model }, n) => model !== arrivals[n - 1]?.model).length
          expect(loads.length).toBeLessThanOrEqual(changes)
          // At worst both other models have their turn first, each with its last long answer.
          const turnMs = LOAD_MS + LONGEST_RUN_MS + 3 * SECOND
          const longestMs = MODELS.length * turnMs + (MODELS.length - 1) * minLoadedMs
          expect(Math.max(...waits.values())).toBeLessThanOrEqual(longestMs)
        },
      ),
      { numRuns: 20, endOnFailure: true },
    )
  })

  it('are answered or given up on, none kept for longer than max_wait', () => {
    const maxWaitMs = 5 * MINUTE
    fc.assert(
      fc.property(arrivalsOf(MODELS, 60 * MINUTE, 1000), (arrivals) => {
        const { waits, gone } = play(arrivals, { maxWaitMs, minLoadedMs: 4 * MINUTE })
        expect(waits.size + gone.size).toBe(1000)
        expect(Math.max(...waits.values())).toBeLessThanOrEqual(maxWaitMs)
      }),
      { numRuns: 20, endOnFailure: true },
    )
  })
})
