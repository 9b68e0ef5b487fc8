import { beforeEach, expect, it } from 'vitest'
import { answer, type JsonRoute, type Plan } from '../api.ts'
import { ControlError } from '../errors.ts'
import type { Act } from './act-entry.ts'
import { observe } from './observe.ts'

const act = { action: 'POST /api/swap', route: {} as JsonRoute, caller: { address: '::1' } }
const plan = { title: 'Load Gemma?' } as Plan
let recorded: Act[]

beforeEach(() => {
  recorded = []
})
const run = (work: Parameters<typeof observe>[1]) =>
  observe(act, work, (done) => recorded.push(done))

it('an act that was done is recorded with its plan and its answer, once', async () => {
  const done = answer(202, { job: { id: 'j1' } })
  const given = await run(async (onPlan) => {
    onPlan(plan)
    return done
  })
  expect([given, recorded]).toEqual([done, [{ ...act, plan, result: done }]])
})

it('one that was refused is recorded with why, and is refused all the same', async () => {
  const refused = new ControlError('LEASE_HELD', 'reserved')
  await expect(run(() => Promise.reject(refused))).rejects.toBe(refused)
  expect(recorded).toEqual([{ ...act, plan: undefined, result: refused }])
})

it('one that broke is recorded as a fault of ours', async () => {
  await expect(run(() => Promise.reject(new TypeError('no such thing')))).rejects.toThrow(TypeError)
  expect(recorded[0]?.result).toMatchObject({ code: 'INTERNAL', message: 'no such thing' })
})
