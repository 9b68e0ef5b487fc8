import { pino } from 'pino'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Happening } from '../events/happening.ts'
import { type Database, openDatabase } from '../store/database.ts'
import { createFakeClock, type FakeClock } from '../testing/fake-clock.ts'
import type { HostView, ServiceView } from '../views.ts'
import { createStateWatch, type StateWatch } from './state-watch.ts'
import { HOST_DOWN_MS } from './states.ts'

const log = pino({ level: 'silent' })
let db: Database
let clock: FakeClock
let told: Happening[]
let watch: StateWatch
const restart = (): void => {
  watch = createStateWatch({ db, clock, log, tell: (happening) => void told.push(happening) })
}
beforeEach(() => {
  db = openDatabase(':memory:')
  clock = createFakeClock()
  told = []
  restart()
})

const names = () => told.map(({ name, subject }) => `${name} ${subject}`)
const service = (state: ServiceView['state'], reason?: string): void =>
  watch.service({ id: 'asr', title: 'Speech', host: 'spark-2', state, reason } as ServiceView)
const host = (state: HostView['state'], low: string[] = []): void =>
  watch.host({
    id: 'spark-1',
    address: '192.0.2.1',
    state,
    low_disks: low,
    figures: { disks: [{ path: '/', total_bytes: 4e12, free_bytes: 49e9 }] },
  } as HostView)

describe('a service', () => {
  it('is told to be down once, with the reason, and to be up when it answers again', () => {
    service('up')
    service('down', 'it refuses connections')
    for (const state of ['down', 'starting', 'unknown', 'busy', 'up', 'idle'] as const)
      service(state)
    expect(names()).toEqual(['service_down Speech (asr)', 'service_up Speech (asr)'])
    expect(told[0]?.data).toEqual({
      service: 'asr',
      host: 'spark-2',
      reason: 'it refuses connections',
    })
  })

  it('that came back while no controller was there is told to be up by the next', () => {
    service('down')
    restart()
    service('down')
    service('up')
    restart()
    service('up')
    expect(names()).toEqual(['service_down Speech (asr)', 'service_up Speech (asr)'])
  })

  it('that goes down twice is two happenings', async () => {
    for (const state of ['down', 'up', 'down'] as const) {
      service(state)
      await clock.advance(1000)
    }
    expect(new Set(told.map(({ key }) => key)).size).toBe(3)
  })
})

describe('a host', () => {
  it('is told to be down when it was unreachable for a while, not at the first look', async () => {
    host('ok')
    host('unreachable')
    await clock.advance(HOST_DOWN_MS - 1)
    host('unreachable')
    expect(names()).toEqual([])
    await clock.advance(1)
    host('unreachable')
    host('unreachable')
    host('ok')
    expect(names()).toEqual(['host_down spark-1', 'host_up spark-1'])
  })

  it('that was away for less each time is not', async () => {
    for (let n = 0; n < 5; n++) {
      host('unreachable')
      await clock.advance(HOST_DOWN_MS - 1)
      host(n % 2 ? 'ok' : 'denied')
    }
    expect(names()).toEqual([])
  })
})

describe('a disk', () => {
  it('is told to be short of space once each time the host counts it as low', () => {
    for (const low of [[], ['/'], ['/'], [], ['/']]) host('ok', low)
    expect(names()).toEqual(['disk_low / on spark-1', 'disk_low / on spark-1'])
    expect(told[0]?.data).toMatchObject({ host: 'spark-1', path: '/', free_bytes: 49e9 })
  })
})

it('what cannot be told is told at the next look', () => {
  let isFull = true
  watch = createStateWatch({
    db,
    clock,
    log,
    tell(happening) {
      if (isFull) throw new Error('database or disk is full')
      told.push(happening)
    },
  })
  service('down')
  expect(names()).toEqual([])
  isFull = false
  service('down')
  expect(names()).toEqual(['service_down Speech (asr)'])
})
