import fc from 'fast-check'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { HAPPENINGS, type Happening } from '../events/happening.ts'
import { type Database, openDatabase } from '../store/database.ts'
import { createFakeClock, type FakeClock } from '../testing/fake-clock.ts'
import { thorough } from '../testing/thorough.ts'
import type { WebhookSpec } from '../topology/webhook-keys.ts'
import { createHoldBack, type HoldBack } from './hold-back.ts'
import { wordsOf } from './words.ts'

const MINUTE_MS = 60_000
// the fake clock begins at noon
const QUIET = { from: '12:30', to: '13:30', time_zone: 'UTC', except: [] }

let db: Database
let clock: FakeClock
let sent: Happening[]
let holdBack: HoldBack
let n: number

const start = (change: Partial<WebhookSpec> = {}): void => {
  const spec: WebhookSpec = {
    ...{ name: 'phone', url: 'https://ntfy.example.org/ops', format: 'ntfy' },
    ...{ events: [...HAPPENINGS], ...change },
  }
  holdBack?.close()
  const log = pino({ level: 'silent' })
  holdBack = createHoldBack(spec, { db, clock, log, send: (happening) => sent.push(happening) })
}
const setUp = (): void => {
  db = openDatabase(':memory:')
  clock = createFakeClock()
  sent = []
  n = 0
}
const tearDown = (): void => {
  holdBack.close()
  db.close()
}
beforeEach(setUp)
afterEach(tearDown)

const service = (state: 'up' | 'down', id = 'asr'): void =>
  holdBack.take({
    ...{ key: `${id}:${n++}`, name: `service_${state}`, subject: id, data: { service: id } },
  })
const event = (name: Happening['name'], data: Record<string, unknown> = {}): void =>
  holdBack.take({ key: `event:${n++}`, name, subject: 'Load Gemma', data })
const minutes = (count: number): Promise<void> => clock.advance(count * MINUTE_MS)
const names = (): string[] => sent.map(({ name }) => name)
const held = (): string[] => holdBack.held().map(({ happening }) => wordsOf(happening))
const flap = async (times: number, everyMs: number): Promise<void> => {
  for (let i = 0; i < times; i++) {
    service('down')
    await clock.advance(everyMs / 2)
    service('up')
    await clock.advance(everyMs / 2)
  }
}

describe('damping for people', () => {
  it('tells a down that lasts, and its end at once', async () => {
    start()
    service('down')
    await clock.advance(29_999)
    expect(names()).toEqual([])
    expect(holdBack.held()[0]?.untilMs).toBe(clock.now() + 1)
    await clock.advance(1)
    service('up')
    expect(names()).toEqual(['service_down', 'service_up'])
  })

  it('tells nothing of a down that undid itself', async () => {
    start()
    await flap(3, 40_000)
    await minutes(30)
    expect(names()).toEqual([])
  })

  it('tells of a thousand flaps twice: that it flaps, and how it is once it is steady', async () => {
    start()
    await flap(1000, 2_000)
    expect(names()).toEqual(['service_flapping'])
    expect(wordsOf(sent[0] as Happening)).toBe(
      'asr keeps going down and coming back, 4 times within 10 min; the next message comes when it is steady',
    )
    service('down')
    await minutes(10)
    expect(names()).toEqual(['service_flapping', 'service_down'])
    expect(wordsOf(sent[1] as Happening)).toBe('asr is down, and has been for 10 min')
  })

  it('goes on after a restart where it was', async () => {
    start()
    service('down')
    start()
    await clock.advance(30_000)
    start()
    expect(names()).toEqual(['service_down'])
  })

  it('is off for programs, which get every change as it comes', async () => {
    start({ format: 'generic' })
    await flap(5, 2_000)
    expect(names()).toEqual(Array(5).fill(['service_down', 'service_up']).flat())
  })

  it('ends with what is so when it is taken out of the topology', async () => {
    start()
    service('down')
    start({ damping: { hold: 'off', flaps: 0 } })
    expect(names()).toEqual(['service_down'])
  })
})

describe('quiet hours', () => {
  beforeEach(async () => {
    start({ quiet_hours: QUIET })
    await minutes(31)
  })

  it('hold back what happens, and tell it as one message when they end', async () => {
    service('down')
    event('swap_failed', { error: { message: 'memory ran out' } })
    await minutes(1)
    expect([names(), held()]).toEqual([
      [],
      ['asr is down', 'Load Gemma has failed: memory ran out'],
    ])
    await minutes(58)
    const [summary, second] = sent
    expect(second).toBeUndefined()
    expect(wordsOf(summary as Happening)).toBe(
      'While it was quiet:\n12:31 asr is down\n12:31 Load Gemma has failed: memory ran out',
    )
    expect(summary?.data.is_trouble).toBe(true)
    expect(held()).toEqual([])
  })

  it('drop what undid itself, and tell of a job its end alone', async () => {
    service('down')
    event('swap_started', { job_id: '1' })
    await minutes(5)
    service('up')
    event('swap_complete', { job_id: '1' })
    event('lease_acquired', { fence: 7 })
    await minutes(60)
    expect(sent[0]?.data.lines).toEqual(['12:36 Load Gemma is done', expect.any(String)])
  })

  it('tell a single thing as itself', async () => {
    service('down')
    await minutes(60)
    expect(names()).toEqual(['service_down'])
  })

  it('survive a restart, also one after their end', async () => {
    service('down')
    event('disk_low')
    holdBack.close()
    clock.set(clock.now() + 20 * 60 * MINUTE_MS)
    start({ quiet_hours: QUIET })
    expect(names()).toEqual(['summary'])
  })

  it('that cannot be ended since the disk is full are ended later', async () => {
    event('disk_low')
    let isFull = true
    const log = pino({ level: 'silent' })
    const spec = { name: 'phone', url: 'https://ntfy.example.org/ops', format: 'ntfy' } as const
    holdBack.close()
    holdBack = createHoldBack(
      { ...spec, events: [...HAPPENINGS], quiet_hours: QUIET },
      {
        ...{ db, clock, log },
        send(happening) {
          if (isFull) throw new Error('database or disk is full')
          sent.push(happening)
        },
      },
    )
    await minutes(60)
    expect(names()).toEqual([])
    isFull = false
    await minutes(1)
    expect(names()).toEqual(['disk_low'])
  })

  it('let pass what is excepted', async () => {
    start({ quiet_hours: { ...QUIET, except: ['swap_failed', 'service_down'] } })
    event('swap_failed')
    service('down')
    await minutes(1)
    service('up')
    expect(names()).toEqual(['swap_failed', 'service_down'])
    await minutes(60)
    expect(names()).toEqual(['swap_failed', 'service_down', 'service_up'])
  })

  it('give programs each event by itself', async () => {
    start({ quiet_hours: QUIET, format: 'generic' })
    event('swap_started')
    event('lease_acquired')
    await minutes(60)
    expect(names()).toEqual(['swap_started', 'lease_acquired'])
  })
})

describe('whatever comes', () => {
  const arbitrary = fc.record({
    damping: fc.record({
      hold: fc.constantFrom('off', '20s', '5m'),
      flaps: fc.integer({ min: 0, max: 3 }),
      within: fc.constantFrom('1m', '10m'),
    }),
    isQuiet: fc.boolean(),
    steps: fc.array(
      fc.tuple(fc.constantFrom('asr', 'tts'), fc.integer({ min: 1, max: 900 }), fc.boolean()),
      { minLength: 1, maxLength: 40 },
    ),
  })

  it('nobody is told one state twice in a row, and in the end what is so', async () => {
    const property = fc.asyncProperty(arbitrary, async ({ damping, isQuiet, steps }) => {
      setUp()
      // to programs each change is a message of its own, which is easier to follow
      const own = () =>
        start({ format: 'generic', damping, ...(isQuiet && { quiet_hours: QUIET }) })
      own()
      const real: Record<string, 'up' | 'down'> = { asr: 'up', tts: 'up' }
      for (const [id, seconds, isRestarted] of steps) {
        const next = real[id] === 'up' ? 'down' : 'up'
        real[id] = next
        service(next, id)
        if (isRestarted) own()
        await clock.advance(seconds * 1000)
      }
      await minutes(80)
      const told: Record<string, string[]> = { asr: ['up'], tts: ['up'] }
      for (const { name, data } of sent)
        told[String(data.service)]?.push(name.replace('service_', ''))
      tearDown()
      for (const [id, words] of Object.entries(told)) {
        expect(words.filter((word, index) => index > 0 && word === words[index - 1])).toEqual([])
        expect(words.at(-1)).toBe(real[id])
      }
    })
    await fc.assert(property, { numRuns: thorough(200, 20) })
    setUp()
    start()
  })
})
