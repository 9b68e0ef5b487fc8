import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Answer, answer } from '../api.ts'
import { ControlError } from '../errors.ts'
import { type Database, openDatabase } from '../store/database.ts'
import { createFakeClock, type FakeClock } from '../testing/fake-clock.ts'
import { createIdempotency, type Idempotency } from './idempotency.ts'

let db: Database
let clock: FakeClock
let idempotency: Idempotency
let works: number
beforeEach(() => {
  db = openDatabase(':memory:')
  clock = createFakeClock()
  idempotency = createIdempotency({ db, clock })
  works = 0
})
afterEach(() => db.close())

const ask = (
  more: { key?: string | undefined; token?: string; route?: string; body?: unknown } = {},
  work: () => Promise<Answer> = async () =>
    answer(202, { job: works }, { location: '/api/jobs/1' }),
) =>
  idempotency.once(
    { key: 'k', token: undefined, route: 'POST /api/swap', body: { model: 'a' }, ...more },
    () => {
      works++
      return work()
    },
  )

test('the first answer is given again, with its headers and marked as replayed', async () => {
  const first = await ask()
  expect(first).toEqual({ status: 202, value: { job: 1 }, headers: { location: '/api/jobs/1' } })
  expect(await ask()).toEqual({
    ...first,
    headers: { location: '/api/jobs/1', 'idempotency-replayed': 'true' },
  })
  expect(works).toBe(1)
})

test('is nobody else’s: the same key of another token is another key', async () => {
  await ask({ token: 'alice' })
  expect((await ask({ token: 'bob', body: { model: 'b' } })).headers).not.toHaveProperty(
    'idempotency-replayed',
  )
  expect((await ask({ token: 'alice' })).headers).toHaveProperty('idempotency-replayed')
  expect(works).toBe(2)
})

test('also by the next controller', async () => {
  await ask()
  idempotency = createIdempotency({ db, clock })
  expect((await ask()).headers).toMatchObject({ 'idempotency-replayed': 'true' })
  expect(works).toBe(1)
})

test('an answer without a body or headers comes back as it was', async () => {
  const work = async () => answer(204, undefined)
  await ask({}, work)
  expect(await ask({}, work)).toEqual({
    status: 204,
    headers: { 'idempotency-replayed': 'true' },
  })
})

test.each([
  ['another key', { key: 'k2' }],
  ['another route', { route: 'POST /api/unload' }],
  ['no key', { key: undefined }],
])('%s is another request', async (_, other) => {
  await ask()
  await ask(other)
  expect(works).toBe(2)
})

test('another body is refused with 422, whether the first is answered or not', async () => {
  let finish = (_: Answer) => {}
  const first = ask({}, () => new Promise((resolve) => (finish = resolve)))
  await expect(ask({ body: { model: 'b' } })).rejects.toMatchObject({ status: 422 })
  finish(answer(200, {}))
  await first
  await expect(ask({ body: { model: 'b' } })).rejects.toMatchObject({
    code: 'IDEMPOTENCY_MISMATCH',
    message: expect.stringContaining('"k"'),
  })
  expect(works).toBe(1)
})

test('the order of keys in a body does not matter, that of items does', async () => {
  await ask({ body: { a: { x: 1, y: 2 }, b: [1, 2] } })
  await ask({ body: { b: [1, 2], a: { y: 2, x: 1 } } })
  expect(works).toBe(1)
  await expect(ask({ body: { a: { x: 1, y: 2 }, b: [2, 1] } })).rejects.toThrow('another body')
})

test('those who ask at the same time share one piece of work', async () => {
  const answers = await Promise.all(
    Array.from({ length: 100 }, () =>
      ask({}, async () => {
        await clock.settle()
        return answer(202, { job: 'j' })
      }),
    ),
  )
  expect(works).toBe(1)
  expect(new Set(answers.map(({ value }) => JSON.stringify(value)))).toEqual(
    new Set(['{"job":"j"}']),
  )
  expect(answers.filter(({ headers }) => headers?.['idempotency-replayed'])).toHaveLength(99)
})

test('what was refused can be asked for again with the same key', async () => {
  const refuse = async () => {
    throw new ControlError('JOB_RUNNING', 'later')
  }
  await expect(Promise.all([ask({}, refuse), ask({}, refuse)])).rejects.toThrow('later')
  await ask()
  expect(works).toBe(2)
})

test('a key is free again after 24 h', async () => {
  await ask()
  await clock.advance(24 * 3_600_000 - 1)
  await ask()
  expect(works).toBe(1)
  await clock.advance(1)
  await ask({ body: 'another' })
  expect(works).toBe(2)
})

test('old keys leave the database', async () => {
  for (const key of ['a', 'b', 'c']) await ask({ key })
  await clock.advance(25 * 3_600_000)
  await ask({ key: 'd' })
  expect(db.durable.prepare('SELECT key FROM idempotency').all()).toEqual([{ key: 'd' }])
})

test.each([[''], ['x'.repeat(256)]])('a key of no or too much length is refused', async (key) => {
  await expect(ask({ key })).rejects.toMatchObject({ code: 'VALIDATION' })
})
