import { Type } from '@sinclair/typebox'
import { describe, expect, it } from 'vitest'
import { answer, type JsonRoute, type Plan } from '../api.ts'
import { ControlError } from '../errors.ts'
import type { EventView } from '../events/event-view.ts'
import type { JobView } from '../views.ts'
import { type Act, entryOfAct, entryOfEvent } from './act-entry.ts'

const route: JsonRoute = {
  summary: 'Load a model in place of what is loaded',
  effect: 'operate',
  reply: { 200: Type.Unknown() },
}
const plan = { title: 'Load Gemma?' } as Plan
const act = (result: Act['result'], more: Partial<Act> = {}) =>
  entryOfAct({
    action: 'POST /api/swap',
    route,
    caller: { address: '192.168.1.20', token: 'crm' },
    plan,
    result,
    ...more,
  })

describe('an act', () => {
  it.each([
    [answer(202, { job: { id: 'j1' } }), { outcome: 'started', job: 'j1' }],
    [answer(200, { job: null, unchanged: true }), { outcome: 'unchanged' }],
    [answer(200, { released: null }), { outcome: 'unchanged' }],
    [answer(200, { key: 'x' }), { outcome: 'done' }],
    [answer(204, undefined), { outcome: 'done' }],
    [answer(201, { token: 's', fence: 7, owner: 'crm' }), { outcome: 'done', fence: 7 }],
    [answer(200, { released: { fence: 7, owner: 'crm' } }), { outcome: 'done', owner: 'crm' }],
    [
      answer(202, { job: { id: 'j1', lease: { fence: 7, owner: 'crm' } } }),
      { outcome: 'started', fence: 7 },
    ],
    [
      new ControlError('LEASE_HELD', 'reserved', { holder: { owner: 'agent', fence: 8 } }),
      { outcome: 'refused', code: 'LEASE_HELD', message: 'reserved', owner: 'agent', fence: 8 },
    ],
    [new ControlError('HOST_UNREACHABLE', 'away'), { outcome: 'failed', code: 'HOST_UNREACHABLE' }],
  ])('that answers %j is kept as such', (result, expected) => {
    expect(act(result)).toMatchObject({
      ...{ action: 'POST /api/swap', title: 'Load Gemma' },
      ...{ address: '192.168.1.20', token: 'crm' },
      ...expected,
    })
  })

  it('refused before it was planned has the name of its route', () => {
    const error = new ControlError('MODEL_NOT_FOUND', 'no such model')
    expect(act(error, { plan: undefined }).title).toBe(route.summary)
  })

  it('leaves no token behind', () => {
    const entry = act(answer(201, { token: 'secret-token', fence: 7, owner: 'crm' }))
    expect(JSON.stringify(entry)).not.toContain('secret-token')
  })
})

describe('what happens without a call', () => {
  const job = { id: 'j1', title: 'Load Gemma', state: 'failed', ended_at: '2026-01-01T12:00:00Z' }
  const error = { code: 'LOAD_FAILED', message: 'not enough memory' }
  it('is kept when a job ends', () => {
    const ended = { ...job, error, lease: { fence: 7, owner: 'crm' } } as unknown as JobView
    expect(entryOfEvent({ type: 'job', job: ended })).toEqual({
      action: 'job',
      title: 'Load Gemma',
      outcome: 'failed',
      job: 'j1',
      ...error,
      fence: 7,
      owner: 'crm',
    })
    const running = { ...job, ended_at: null } as unknown as JobView
    expect(entryOfEvent({ type: 'job', job: running })).toBeUndefined()
  })

  it('is kept when a lease expires; one that is released is an act', () => {
    const lease = { owner: 'crm', fence: 7, resource: 'gpu:spark-1' }
    const event = (change: string) => ({ type: 'lease', change, lease }) as unknown as EventView
    expect(entryOfEvent(event('expired'))).toMatchObject({
      title: 'The reservation of “crm” on the GPU of spark-1 is over',
      fence: 7,
    })
    expect(entryOfEvent(event('released'))).toBeUndefined()
  })
})
