import type { LookupAddress } from 'node:dns'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { Webhook } from 'standardwebhooks'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { HAPPENINGS, type Happening } from '../events/happening.ts'
import { openDatabase } from '../store/database.ts'
import { createFakeClock, type FakeClock } from '../testing/fake-clock.ts'
import type { WebhookSpec } from '../topology/webhook-keys.ts'
import { until } from '../upstream/testing/rig.ts'
import { createTargetLookup } from './target-address.ts'
import { type Receiver, startReceiver } from './testing/receiver.ts'
import { createWebhooks, type Webhooks, type WebhooksDeps } from './webhooks.ts'

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
const HOUR_MS = 3_600_000
const DEADLINE_MS = 15_000

let folder: string
let clock: FakeClock
let receiver: Receiver
let open: (() => Promise<void>)[]
/** Attempts under way: each has a deadline. */
let deadlines = 0
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'webhooks-'))
  clock = createFakeClock()
  const { sleep } = clock
  clock.sleep = (ms, signal) => {
    if (ms !== DEADLINE_MS) return sleep(ms, signal)
    deadlines += 1
    return sleep(ms, signal).finally(() => {
      deadlines -= 1
    })
  }
  receiver = await startReceiver()
  open = [() => receiver.close()]
})
afterEach(async () => {
  for (const close of open.toReversed()) await close()
  rmSync(folder, { recursive: true })
})

const spec = (change: Partial<WebhookSpec> = {}): WebhookSpec => ({
  name: 'ops',
  url: receiver.url,
  format: 'generic',
  events: [...HAPPENINGS],
  secret: SECRET,
  ...change,
})

/** Webhooks on the folder's database; ends with the test, or when it is closed. */
function start(specs: WebhookSpec[], more: Partial<WebhooksDeps> = {}) {
  const db = openDatabase(join(folder, 'state.db'))
  const webhooks = createWebhooks({
    db,
    clock,
    log: pino({ level: 'silent' }),
    // No pause is then as long as the deadline, by which attempts under way are known here.
    random: () => 0.6,
    changed() {},
    ...more,
  })
  webhooks.update(specs, 'home')
  const close = async (): Promise<void> => {
    open = open.filter((each) => each !== close)
    await webhooks.close()
    db.close()
  }
  open.push(close)
  return { webhooks, close }
}

const happening = (key: string, change: Partial<Happening> = {}): Happening => ({
  key,
  name: 'swap_complete',
  subject: '“Load New 26B”',
  data: { model: 'Org/New', duration_s: 230 },
  ...change,
})

const states = (webhooks: Webhooks) =>
  webhooks
    .page({ limit: 100 })
    .map(({ state }) => state)
    .reverse()
const attemptsOf = (webhooks: Webhooks) =>
  webhooks.page({ limit: 100 }).reduce((sum, { attempts }) => sum + attempts, 0)

/**
 * Lets time pass until it is so, from one attempt to the next. It stands still while an answer is
 * under way, which takes real time, unless that hangs.
 */
async function pass(webhooks: Webhooks, isSo: () => boolean): Promise<void> {
  while (!isSo()) {
    await until(() => receiver.isHanging() || deadlines === 0)
    if (isSo()) return
    await clock.advance(deadlines > 0 ? DEADLINE_MS : Math.max(1, nextMs(webhooks) - clock.now()))
  }
}

/** When the next attempt is due. */
function nextMs(webhooks: Webhooks): number {
  const dues = webhooks.page({ limit: 100 }).flatMap(({ due_at }) => due_at ?? [])
  const [first = 0] = dues.map((at) => Date.parse(at)).sort((a, b) => a - b)
  return Math.max(first, Date.parse(webhooks.views()[0]?.retry_at ?? '') || 0)
}

describe('an event', () => {
  it('arrives at once, signed so that the library of Standard Webhooks accepts it', async () => {
    const { webhooks } = start([spec()])
    webhooks.tell(happening('a'))
    await until(() => receiver.taken.length === 1)
    const [{ headers, body, method, path } = { headers: {}, body: '' }] = receiver.seen
    vi.useFakeTimers({ toFake: ['Date'], now: clock.now() })
    const payload = new Webhook(SECRET).verify(body, headers)
    vi.useRealTimers()
    expect([method, path]).toEqual(['POST', '/hook'])
    expect(payload).toEqual({
      type: 'swap_complete',
      timestamp: '2026-01-01T12:00:00.000Z',
      cluster: 'home',
      data: { model: 'Org/New', duration_s: 230 },
    })
  })

  it('with a changed byte is refused by that library', async () => {
    const { webhooks } = start([spec()])
    webhooks.tell(happening('a'))
    await until(() => receiver.taken.length === 1)
    const [{ headers, body } = { headers: {}, body: '' }] = receiver.seen
    vi.useFakeTimers({ toFake: ['Date'], now: clock.now() })
    expect(() => new Webhook(SECRET).verify(`${body} `, headers)).toThrow('signature')
    vi.useRealTimers()
  })

  it('told twice under one key is sent once', async () => {
    const { webhooks } = start([spec()])
    for (const key of ['a', 'a', 'b']) webhooks.tell(happening(key))
    await until(() => receiver.taken.length === 2)
    expect(states(webhooks)).toHaveLength(2)
  })

  it('goes to the webhooks that want it, and to no other', async () => {
    const { webhooks } = start([
      spec({ name: 'swaps', events: ['swap_complete'] }),
      spec({ name: 'hosts', events: ['host_down'] }),
    ])
    webhooks.tell(happening('a'))
    expect(webhooks.page({ limit: 9 }).map(({ webhook }) => webhook)).toEqual(['swaps'])
  })
})

describe('a receiver that was', () => {
  const EVENTS = ['a', 'b', 'c', 'd', 'e', 'f', 'g']

  it.each([
    ['down', () => receiver.goDown(), () => receiver.comeBack()],
    [
      'answering 500',
      () => receiver.behave({ status: 500 }),
      () => receiver.behave({ status: 200 }),
    ],
    [
      'answering 429',
      () => receiver.behave({ status: 429 }),
      () => receiver.behave({ status: 200 }),
    ],
    ['too slow', () => receiver.behave('hang'), () => receiver.behave({ status: 200 })],
    ['redirecting', () => receiver.behave({ status: 302 }), () => receiver.behave({ status: 200 })],
  ])('%s gets each event once, in order, when it is back', async (_, spoil, mend) => {
    const { webhooks } = start([spec()])
    await spoil()
    for (const key of EVENTS) webhooks.tell(happening(key))
    await pass(webhooks, () => attemptsOf(webhooks) > 12)
    expect(states(webhooks)).toEqual(EVENTS.map(() => 'waiting'))
    expect(receiver.taken).toEqual([])
    await mend()
    await pass(webhooks, () => states(webhooks).every((state) => state === 'delivered'))
    const ids = webhooks
      .page({ limit: 100 })
      .map(({ event }) => event)
      .reverse()
    expect(receiver.taken.toSorted()).toEqual(ids.toSorted())
    // The first through is whichever was due; all that waited behind it keep their order.
    expect(receiver.taken.slice(1)).toEqual(ids.filter((id) => id !== receiver.taken[0]))
  })

  it('redirecting is not followed', async () => {
    const elsewhere = await startReceiver()
    open.push(() => elsewhere.close())
    receiver.behave({ status: 307, headers: { location: elsewhere.url } })
    const { webhooks } = start([spec()])
    webhooks.tell(happening('a'))
    await until(() => attemptsOf(webhooks) === 1)
    expect(webhooks.page({ limit: 1 })[0]).toMatchObject({
      status: 307,
      error: expect.stringContaining('redirects are not followed'),
    })
    expect(elsewhere.seen).toEqual([])
  })

  it('asking for a pause by Retry-After gets it', async () => {
    receiver.behave({ status: 503, headers: { 'retry-after': '600' } })
    const { webhooks } = start([spec()])
    webhooks.tell(happening('a'))
    await until(() => attemptsOf(webhooks) === 1)
    const [delivery] = webhooks.page({ limit: 1 })
    expect(Date.parse(delivery?.due_at ?? '') - clock.now()).toBe(600_000)
  })

  it('failing again and again is tried with one event at a time', async () => {
    receiver.behave({ status: 500 })
    const { webhooks } = start([spec()])
    for (let n = 0; n < 50; n++) webhooks.tell(happening(`${n}`))
    await until(() => webhooks.views()[0]?.retry_at !== null)
    const before = receiver.seen.length
    await clock.advance(nextMs(webhooks) - clock.now() - 1)
    expect(receiver.seen.length).toBe(before)
    await clock.advance(1)
    await until(() => receiver.seen.length > before && deadlines === 0)
    await clock.settle()
    expect(receiver.seen.length).toBe(before + 1)
  })
})

describe('an event nobody takes', () => {
  it('is given up after 24 hours, and sent again under its id when somebody asks', async () => {
    receiver.behave({ status: 500 })
    const { webhooks } = start([spec()])
    const startMs = clock.now()
    webhooks.tell(happening('a'))
    await pass(webhooks, () => states(webhooks)[0] === 'dead')
    expect(clock.now() - startMs).toBeGreaterThanOrEqual(24 * HOUR_MS)
    expect(clock.now() - startMs).toBeLessThan(25 * HOUR_MS)
    const attempts = receiver.seen.length
    await clock.advance(24 * HOUR_MS)
    expect(receiver.seen.length).toBe(attempts)
    receiver.behave({ status: 200 })
    const [{ id = 0, event = '' } = {}] = webhooks.page({ limit: 1 })
    webhooks.redeliver(id)
    await until(() => receiver.taken.length === 1)
    expect(receiver.taken).toEqual([event])
    expect(new Set(receiver.seen.map(({ headers }) => headers['webhook-id']))).toEqual(
      new Set([event]),
    )
  })

  it('waits through the end of the controller', async () => {
    await receiver.goDown()
    const first = start([spec()])
    first.webhooks.tell(happening('a'))
    const [before] = first.webhooks.page({ limit: 1 })
    await first.close()
    await receiver.comeBack()
    const { webhooks } = start([spec()])
    await pass(webhooks, () => receiver.taken.length === 1)
    expect(receiver.taken).toEqual([before?.event])
    expect(states(webhooks)).toEqual(['delivered'])
  })

  it.each([
    ['back', -HOUR_MS],
    ['forward', HOUR_MS],
  ])('is sent in time when the clock is moved %s an hour meanwhile', async (_, byMs) => {
    receiver.behave({ status: 500 })
    // Timers do not care about the time of day.
    let shiftMs = 0
    const moved = { now: () => clock.now() + shiftMs, sleep: clock.sleep }
    const { webhooks } = start([spec()], { clock: moved })
    webhooks.tell(happening('a'))
    await until(() => attemptsOf(webhooks) === 1)
    shiftMs = byMs
    receiver.behave({ status: 200 })
    const startMs = clock.now()
    while (receiver.taken.length < 1) {
      await clock.advance(1000)
      await until(() => deadlines === 0)
    }
    expect(clock.now() - startMs).toBeLessThanOrEqual(61_000)
  })
})

describe('a reload', () => {
  it('keeps what waits for a webhook that stays, and sends nothing to one that left', async () => {
    await receiver.goDown()
    const { webhooks } = start([spec(), spec({ name: 'gone' })])
    webhooks.tell(happening('a'))
    webhooks.update([spec({ token: 'tk_new' })], 'home')
    await receiver.comeBack()
    const states = () => webhooks.page({ limit: 9 }).map(({ webhook, state }) => [webhook, state])
    // what was taken is written down once its answer is read
    await pass(webhooks, () => states().some(([, state]) => state === 'delivered'))
    expect(receiver.taken).toHaveLength(1)
    expect(receiver.seen.map(({ headers }) => headers.authorization)).toEqual(['Bearer tk_new'])
    expect(states()).toEqual([
      ['gone', 'waiting'],
      ['ops', 'delivered'],
    ])
  })
})

describe('a test', () => {
  it('is sent at once and answers what came of it', async () => {
    const { webhooks } = start([spec({ events: ['host_down'] })])
    expect(await webhooks.test('ops')).toMatchObject({ state: 'delivered', status: 200 })
    receiver.behave({ status: 404 })
    expect(await webhooks.test('ops')).toMatchObject({ state: 'dead', error: 'it answered 404' })
    await clock.advance(HOUR_MS)
    expect(receiver.seen).toHaveLength(2)
  })

  it('of a webhook that is not there is an error that names those that are', async () => {
    const { webhooks } = start([spec()])
    await expect(webhooks.test('opps')).rejects.toMatchObject({
      code: 'WEBHOOK_UNKNOWN',
      hint: 'webhooks: has ops',
    })
  })
})

describe('a name that leads to an address of the cloud itself', () => {
  it('is refused when the connection is made, whatever it led to before', async () => {
    let address = '127.0.0.1'
    const resolve = (_: string, done: (error: null, found: LookupAddress[]) => void): void =>
      done(null, [{ address, family: 4 }])
    const url = receiver.url.replace('127.0.0.1', 'hooks.example')
    const { webhooks } = start([spec({ url })], { lookup: createTargetLookup(resolve) })
    expect(await webhooks.test('ops')).toMatchObject({ state: 'delivered' })
    address = '169.254.169.254'
    await receiver.goDown()
    await receiver.comeBack()
    expect(await webhooks.test('ops')).toMatchObject({
      state: 'dead',
      error: 'hooks.example resolves to 169.254.169.254, a link-local or reserved address',
    })
  })
})
