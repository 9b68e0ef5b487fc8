import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createConnectivity } from '../connectivity/history.ts'
import { ControlError } from '../errors.ts'
import type { Health } from '../plugin.ts'
import { type Database, openDatabase } from '../store/database.ts'
import { createFakeClock, type FakeClock } from '../testing/fake-clock.ts'
import { createProber, type Prober } from './prober.ts'

let db: Database
let clock: FakeClock
let prober: Prober
let changes: string[]
let looked: string[]
beforeEach(() => {
  db = openDatabase(':memory:')
  clock = createFakeClock()
  changes = []
  looked = []
  prober = createProber({
    clock,
    db,
    log: pino({ level: 'silent' }),
    onChange: (id, from, to) => changes.push(`${id} ${from} ${to}`),
    onLook: (id) => looked.push(id),
  })
})
afterEach(() => {
  prober.close()
  db.close()
})

const up = async (): Promise<Health> => ({ state: 'up' })
const hang = () => new Promise<Health>(() => {})
const refuse = async (): Promise<Health> => {
  throw new ControlError('UPSTREAM_UNREACHABLE', 'refuses connections')
}

describe('a service', () => {
  test('is looked at once at the start and then every 5 s', async () => {
    let looks = 0
    prober.add('llm', {
      probe: async () => {
        looks++
        return { state: 'up', figures: { requests: looks } }
      },
    })
    expect(prober.view('llm')).toMatchObject({ state: 'unknown', checked_at: null, figures: {} })
    await clock.settle()
    expect(looks).toBe(1)
    await clock.advance(20_000)
    expect(looks).toBe(5)
    expect(prober.view('llm')).toEqual({
      state: 'up',
      figures: { requests: 5 },
      checked_at: '2026-01-01T12:00:20.000Z',
      last_seen_at: '2026-01-01T12:00:20.000Z',
      since: '2026-01-01T12:00:00.000Z',
    })
    expect(changes).toEqual(['llm unknown up'])
    expect(looked).toHaveLength(5)
  })

  test('that answers late is busy at its deadline, and its late answer is not taken for news', async () => {
    let answer = (_: Health) => {}
    let probe: () => Promise<Health> = up
    prober.add('llm', { probe: () => probe(), deadlineMs: 3000 })
    await clock.settle()
    probe = () => new Promise((resolve) => (answer = resolve))
    await clock.advance(8000)
    expect(prober.view('llm')).toMatchObject({ state: 'busy', reason: 'no answer within 3 s' })
    answer({ state: 'down' })
    await clock.settle()
    expect(prober.view('llm')?.state).toBe('busy')
  })

  test('whose probe hangs and heeds no signal gets no second probe beside it', async () => {
    let begun = 0
    let release = (_: Health) => {}
    prober.add('llm', {
      probe: () => {
        begun++
        return new Promise((resolve) => (release = resolve))
      },
    })
    prober.add('asr', { probe: up })
    await clock.advance(120_000)
    expect(begun).toBe(1)
    expect(prober.view('llm')).toMatchObject({
      state: 'unknown',
      reason: 'the last look at it still hangs',
    })
    expect(looked.filter((id) => id === 'asr')).toHaveLength(25)
    release({ state: 'up' })
    await clock.advance(5000)
    expect(begun).toBe(2)
  })

  test('is told to stop looking at its deadline', async () => {
    let reason: unknown
    prober.add('llm', {
      probe: (signal) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => {
            reason = signal.reason
            reject(signal.reason)
          })
        }),
    })
    await clock.advance(5000)
    expect(String(reason)).toContain('no answer within 5 s')
  })

  test('keeps its figures while it does not answer', async () => {
    let probe: () => Promise<Health> = async () => ({ state: 'up', figures: { requests: 3 } })
    prober.add('llm', { probe: () => probe() })
    await clock.settle()
    probe = refuse
    await clock.advance(15_000)
    expect(prober.view('llm')).toMatchObject({ state: 'down', figures: { requests: 3 } })
    expect(changes).toEqual(['llm unknown up', 'llm up down'])
  })

  test.each([
    ['throws a mistake', () => JSON.parse('{')],
    ['answers nothing', async () => undefined as unknown as Health],
    ['answers a state there is none', async () => ({ state: 'fine' }) as unknown as Health],
  ])('whose probe %s is unknown, and looked at again', async (_, broken) => {
    prober.add('llm', { probe: broken })
    await clock.advance(10_000)
    expect(prober.view('llm')?.state).toBe('unknown')
    expect(prober.view('llm')?.reason).toContain('the probe')
    expect(looked).toHaveLength(3)
  })

  test('that was removed is not looked at any more, nor is its last answer taken', async () => {
    let answer = (_: Health) => {}
    prober.add('llm', { probe: () => new Promise((resolve) => (answer = resolve)) })
    prober.remove('llm')
    answer({ state: 'up' })
    await clock.advance(60_000)
    expect(prober.view('llm')).toBeUndefined()
    expect([looked, changes, clock.sleepers]).toEqual([[], [], 0])
  })
})

test('the next controller knows when a service was last seen', async () => {
  prober.add('llm', { probe: up })
  await clock.advance(12_000)
  prober.close()
  await clock.advance(3_600_000)
  const next = createProber({ clock, db, log: pino({ level: 'silent' }) })
  next.add('llm', { probe: hang })
  await clock.advance(5000)
  expect(next.view('llm')).toMatchObject({
    state: 'unknown',
    last_seen_at: '2026-01-01T12:00:12.000Z',
  })
  expect(next.history.list({}).changes[0]).toMatchObject({
    from: 'up',
    to: 'unknown',
    reason: 'no longer looked at',
  })
  next.close()
})

describe('asked for a look now', () => {
  test('it looks at once, and its rhythm goes on from there', async () => {
    prober.add('llm', { probe: up })
    await clock.advance(2000)
    prober.soon('llm')
    await clock.settle()
    expect(looked).toHaveLength(2)
    await clock.advance(4999)
    expect(looked).toHaveLength(2)
    await clock.advance(1)
    expect(looked).toHaveLength(3)
  })

  test('while one is under way it looks again right after, once', async () => {
    let answer = (_: Health) => {}
    let begun = 0
    prober.add('llm', {
      probe: () => {
        begun++
        return new Promise((resolve) => (answer = resolve))
      },
    })
    await clock.settle()
    for (let n = 0; n < 5; n++) prober.soon('llm')
    expect(begun).toBe(1)
    answer({ state: 'up' })
    await clock.settle()
    expect(begun).toBe(2)
    answer({ state: 'up' })
    await clock.settle()
    expect(begun).toBe(2)
  })

  test('nobody minds a service that is not there', () => {
    expect(() => prober.soon('none')).not.toThrow()
  })
})

test('a hundred services that hang cost one that answers nothing', async () => {
  for (let n = 0; n < 100; n++) prober.add(`s${n}`, { probe: hang })
  prober.add('llm', { probe: up })
  await clock.settle()
  expect(prober.view('llm')?.state).toBe('up')
  await clock.advance(10_000)
  expect(looked.filter((id) => id === 'llm')).toHaveLength(3)
})

test('a listener that throws does not end the looks', async () => {
  const fragile = createProber({
    clock,
    db,
    log: pino({ level: 'silent' }),
    onLook: () => {
      looked.push('x')
      throw new Error('no')
    },
  })
  fragile.add('llm', { probe: up })
  await clock.advance(10_000)
  expect(looked).toHaveLength(3)
  fragile.close()
})

describe('the history', () => {
  test('has every change with its reason, newest first, by subject and time', async () => {
    let probe = refuse
    prober.add('llm', { probe: () => probe() })
    await clock.advance(1000)
    probe = up
    await clock.advance(5000)
    prober.history.record('host:spark-1', 'unreachable', null)
    const { changes: all, next_cursor } = prober.history.list({})
    expect(next_cursor).toBeNull()
    expect(all).toEqual([
      {
        subject: 'host:spark-1',
        at: '2026-01-01T12:00:06.000Z',
        from: 'unknown',
        to: 'unreachable',
        reason: null,
      },
      {
        subject: 'service:llm',
        at: '2026-01-01T12:00:05.000Z',
        from: 'down',
        to: 'up',
        reason: null,
      },
      {
        subject: 'service:llm',
        at: '2026-01-01T12:00:00.000Z',
        from: 'unknown',
        to: 'down',
        reason: 'refuses connections',
      },
    ])
    expect(prober.history.list({ subject: 'service:llm' }).changes).toHaveLength(2)
    expect(prober.history.list({ fromMs: clock.now() - 1000 }).changes).toHaveLength(2)
    expect(prober.history.list({ toMs: clock.now() - 6000 }).changes).toHaveLength(1)
  })

  test('comes in pages', () => {
    for (let n = 0; n < 5; n++) prober.history.record('s', `${n + 1}`, null)
    const first = prober.history.list({ limit: 3 })
    const rest = prober.history.list({ limit: 3, cursor: first.next_cursor ?? '' })
    expect([...first.changes, ...rest.changes].map(({ to }) => to).join('')).toBe('54321')
    expect(rest.next_cursor).toBeNull()
    expect(() => prober.history.list({ cursor: '?' })).toThrow('cursor')
  })

  test('keeps how each stands, however long ago it came to that', async () => {
    const history = createConnectivity({ db, clock, keepDays: 1, mostRows: 600 })
    history.record('steady', 'down', null)
    history.record('steady', 'up', null)
    history.record('gone', 'unknown', null)
    history.record('gone', 'up', null)
    history.record('gone', 'unknown', 'no longer looked at')
    await clock.advance(2 * 86_400_000)
    const again = createConnectivity({ db, clock, keepDays: 1 })
    expect([again.lastState('steady'), again.lastState('gone')]).toEqual(['up', null])
    expect(again.list({}).changes).toHaveLength(1)
    again.record('steady', 'up', 'it still is')
    expect(again.list({}).changes).toHaveLength(1)
  })

  test('forgets what is older than its retention, and keeps a bounded number', async () => {
    const history = createConnectivity({ db, clock, keepDays: 1, mostRows: 600 })
    history.record('s', 'b', null)
    await clock.advance(2 * 86_400_000)
    for (let n = 0; n < 1499; n++) history.record('s', n % 2 === 0 ? 'a' : 'b', null)
    const count = db.history.prepare('SELECT count(*) AS n, min(at) AS at FROM connectivity').get()
    expect(count?.n).toBeLessThan(1100)
    expect(count?.at).toBe(clock.now())
  })
})
