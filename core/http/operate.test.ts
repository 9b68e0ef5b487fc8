import { beforeEach, describe, expect, it } from 'vitest'
import { answer, type Call, type JsonRoute, type OperateHandler, type Plan } from '../api.ts'
import { ControlError } from '../errors.ts'
import { type OperateOptions, operate } from './operate.ts'

const plan: Plan = {
  ...{ title: 'Load Gemma?', confirm: 'Load Gemma', commands: [], stops: [] },
  ...{ consequence: 'It is loaded.', holds: ['llm'], last_seconds: null, running_requests: 0 },
}
const call = { caller: { address: '192.168.1.20' } } as Call<JsonRoute>
const holder = { owner: 'crm', fence: 7 }
const held = () => {
  throw new ControlError('LEASE_HELD', '“crm” has reserved llm', { hint: 'wait', holder })
}

let applied: Call<JsonRoute>[]
let planned: (Plan | null)[]
let next: Plan | null

beforeEach(() => {
  applied = []
  planned = []
  next = plan
})

const handler: OperateHandler<JsonRoute> = {
  plan: () => next,
  apply(_plan, given) {
    applied.push(given)
    return answer(200, {}) as never
  },
}
const run = (more: Partial<OperateOptions> = {}) =>
  operate(handler, call, { isDryRun: false, onPlan: (made) => planned.push(made), ...more })

describe('an act', () => {
  it('that somebody has reserved is refused after its plan, and not done', async () => {
    await expect(run({ arbitrate: held })).rejects.toMatchObject({ code: 'LEASE_HELD' })
    expect([applied, planned]).toEqual([[], [plan]])
  })

  it('is done under the lease of its caller, which the jobs it starts are given', async () => {
    await run({ arbitrate: () => ({ owner: 'crm', fence: 7 }) })
    expect(applied).toEqual([{ ...call, lease: { owner: 'crm', fence: 7 } }])
  })

  it('asks for what its plan holds, and of a lease also where there is nothing to do', async () => {
    const asked: unknown[] = []
    const arbitrate = (needed: Plan | null) => void asked.push(needed?.holds ?? [])
    await run({ arbitrate: arbitrate as never })
    next = null
    await run({ arbitrate: arbitrate as never })
    expect(asked).toEqual([['llm'], []])
  })

  it('only looked at is shown with what it would wait for', async () => {
    const { status, value } = await run({ isDryRun: true, arbitrate: held })
    expect([status, applied]).toEqual([200, []])
    expect(value).toMatchObject({
      confirm: 'Load Gemma',
      waits: { code: 'LEASE_HELD', message: '“crm” has reserved llm', hint: 'wait', holder },
    })
    const free = await run({ isDryRun: true, arbitrate: () => undefined })
    expect(free.value).not.toHaveProperty('waits')
  })
})
