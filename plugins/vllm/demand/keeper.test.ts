import { afterEach, describe, expect, it } from 'vitest'
import type { ControlError, Hold } from '#core'
import { createFakeClock } from '../../../core/testing/fake-clock.ts'
import { servedBy } from '../served.ts'
import { createDemandRig, MINUTE_MS, samplePolicy } from '../testing/demand-rig.ts'
import { Keeper } from './keeper.ts'
import type { Policy } from './settings.ts'

const ends: (() => void)[] = []
afterEach(() => {
  for (const end of ends.splice(0)) end()
})

function start(change: Partial<Policy> = {}, loaded: string | null = null) {
  const clock = createFakeClock()
  const rig = createDemandRig(clock)
  rig.serve(loaded)
  const keeper = new Keeper(rig.service, rig.kind, samplePolicy(change), rig.acts)
  ends.push(rig.stop)
  return { ...rig, clock, keeper }
}

/** How a hold ended so far: `waiting`, `ready` or the error. */
function watch(hold: Hold): { now: 'waiting' | 'ready' | ControlError } {
  const seen: { now: 'waiting' | 'ready' | ControlError } = { now: 'waiting' }
  hold.ready.then(
    () => {
      seen.now = 'ready'
    },
    (error: ControlError) => {
      seen.now = error
    },
  )
  return seen
}

describe('a keeper', () => {
  it('loads what is asked for, tells how far it is, and grants all with one load', async () => {
    const { keeper, clock, state, end } = start()
    const holds = [keeper.hold('Org/A'), keeper.hold('Org/A')]
    const seen = holds.map(watch)
    await clock.advance(1_000)
    expect(state.acts).toEqual(['load Org/A'])
    if (state.job) Object.assign(state.job, { phase: 'loading weights', percent: 40.4 })
    expect(holds[0]?.describe()).toBe('1st in line; loading weights 40 %')
    end()
    await clock.advance(1_000)
    expect(seen.map(({ now }) => now)).toEqual(['ready', 'ready'])
    expect(state.acts).toEqual(['load Org/A'])
  })

  it('shows the line: who is first, how many wait, and what for', async () => {
    const { keeper, clock } = start()
    keeper.hold('Org/A')
    await clock.advance(1_000)
    const other = keeper.hold('Org/B')
    keeper.hold('Org/B')
    expect(other.describe()).toBe('2nd in line; “load Org/A” first: starting')
    expect(keeper.view()).toMatchObject({
      min_loaded_s: 60,
      waiting: [
        { model: 'Org/A', requests: 1, position: 1, phase: 'starting' },
        { model: 'Org/B', requests: 2, position: 2 },
      ],
    })
  })

  it('waits while a lease or another job holds the GPU, says so, and goes on afterwards', async () => {
    const { keeper, clock, state } = start()
    state.leaseOf = 'call-summaries'
    const hold = keeper.hold('Org/A')
    await clock.advance(25_000)
    expect(state.acts).toEqual([])
    expect(hold.describe()).toBe('1st in line; call-summaries holds gpu:spark-1')
    state.leaseOf = null
    await clock.advance(10_000)
    expect(state.acts).toEqual(['load Org/A'])
  })

  it('never loads under a request, be it one that came past the gateway or cannot be seen', async () => {
    const { keeper, clock, state, upstream } = start({}, 'Org/A')
    await clock.advance(1_000)
    state.usage = { running: 1, answered: 0 }
    const hold = keeper.hold('Org/B')
    await clock.advance(2 * MINUTE_MS)
    expect(upstream.isDraining).toBe(true)
    expect(hold.describe()).toBe('1st in line; 1 request is still being answered')
    state.usage = null
    await clock.advance(MINUTE_MS)
    expect(hold.describe()).toContain('not known whether a request is being answered')
    state.usage = { running: 0, answered: 1 }
    upstream.inFlight = 1
    await clock.advance(MINUTE_MS)
    expect(state.acts).toEqual([])
    upstream.inFlight = 0
    await clock.advance(1_000)
    expect(state.acts).toEqual(['load Org/B'])
  })

  it('lets requests through again when those who waited for another model have left', async () => {
    const { keeper, clock, state, upstream } = start({}, 'Org/A')
    state.usage = { running: 1, answered: 0 }
    const hold = keeper.hold('Org/B')
    await clock.advance(2 * MINUTE_MS)
    expect(upstream.isDraining).toBe(true)
    hold.leave()
    await clock.advance(1_000)
    expect([upstream.isDraining, state.acts]).toEqual([false, []])
    expect(keeper.waiting).toBe(0)
  })

  it('gives up after max_wait with the time that is left of the load', async () => {
    const { keeper, clock, service } = start({ maxWaitMs: 2 * MINUTE_MS })
    const loadedAt = new Date(clock.now()).toISOString()
    servedBy(service).kept.setLoad('Org/A', { seconds: 300, loadedAt, footprintBytes: {} })
    const seen = watch(keeper.hold('Org/A'))
    await clock.advance(2 * MINUTE_MS - 1_000)
    expect(seen.now).toBe('waiting')
    await clock.advance(2_000)
    expect(seen.now).toMatchObject({
      code: 'MODEL_LOADING',
      status: 503,
      message: 'Org/A was not ready after 2 min: starting.',
    })
  })

  it.each([
    [
      { state: 'failed', error: { code: 'LOAD_FAILED', message: 'out of memory', log_tail: [] } },
      { code: 'LOAD_FAILED', status: 502, message: 'out of memory', retryAfterS: 120 },
    ],
    [{ state: 'cancelled' }, { code: 'JOB_CANCELLED', status: 503 }],
  ] as const)('tells all who wait that a load ended like %j', async (ended, told) => {
    const { keeper, clock, end } = start()
    const seen = [keeper.hold('Org/A'), keeper.hold('Org/A')].map(watch)
    await clock.advance(1_000)
    end(ended as never)
    await clock.advance(1_000)
    for (const { now } of seen) expect(now).toMatchObject(told)
    expect(() => keeper.hold('Org/A')).toThrow(expect.objectContaining({ code: told.code }))
  })

  it('tells who waits that a load cannot even begin', async () => {
    const { keeper, clock, acts } = start()
    acts.swap.plan = () => {
      throw Object.assign(new Error('boom'), { code: 'odd' })
    }
    const seen = watch(keeper.hold('Org/A'))
    await clock.advance(1_000)
    expect(seen.now).toMatchObject({ code: 'INTERNAL' })
  })

  it('unloads what nobody uses; looking at it is no use of it', async () => {
    const { clock, state } = start({ idleUnloadMs: 10 * MINUTE_MS }, 'Org/A')
    await clock.advance(9 * MINUTE_MS)
    state.usage = { running: 0, answered: 7 }
    await clock.advance(9 * MINUTE_MS)
    expect(state.acts).toEqual([])
    await clock.advance(2 * MINUTE_MS)
    expect(state.acts).toEqual(['unload'])
  })

  it('never unloads an engine whose counters cannot be read', async () => {
    const { clock, state } = start({ idleUnloadMs: 10 * MINUTE_MS }, 'Org/A')
    state.usage = null
    await clock.advance(60 * MINUTE_MS)
    expect(state.acts).toEqual([])
  })

  it('goes back to the default model when idle', async () => {
    const { clock, state } = start({ idleUnloadMs: MINUTE_MS, defaultModel: 'Org/Home' }, 'Org/A')
    await clock.advance(5 * MINUTE_MS)
    expect(state.acts).toEqual(['load Org/Home'])
  })

  it('lets everybody go when its service is set up anew', async () => {
    const { keeper, clock, state, upstream } = start({}, 'Org/A')
    state.usage = { running: 1, answered: 0 }
    const seen = watch(keeper.hold('Org/B'))
    await clock.advance(2 * MINUTE_MS)
    keeper.stop()
    await clock.settle()
    expect(seen.now).toMatchObject({ code: 'DRAINING', status: 503 })
    expect(upstream.isDraining).toBe(false)
    expect(() => keeper.hold('Org/B')).toThrow('set up anew')
  })
})
