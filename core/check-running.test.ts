import { Type } from '@sinclair/typebox'
import { describe, expect, it } from 'vitest'
import type { Api } from './api.ts'
import { checkRunning } from './check-running.ts'
import { API_VERSION, type Running, type ServicePlugin } from './plugin.ts'

const reply = { 200: Type.Unknown() }
const api: Api = {
  'GET /state': { summary: 'x', effect: 'read', reply },
  'POST /switch': { summary: 'x', effect: 'operate', reply },
  'POST /echo': { summary: 'x', effect: 'use', raw: true },
  'POST /pass': { summary: 'x', effect: 'use', forward: 'main', max_bytes: 1 },
}
const start = (): Running => ({ handlers: {}, probe: async () => ({ state: 'up' }) })
const lamp: ServicePlugin = {
  ...{ apiVersion: API_VERSION, kind: 'lamp', title: 'Lamp', place: 'host', api, start },
  settings: Type.Object({}),
}
const act = () => undefined
const whole = {
  handlers: { 'GET /state': act, 'POST /switch': { plan: act, apply: act }, 'POST /echo': act },
  probe: act,
}
const told = (running: unknown): string => {
  try {
    checkRunning(lamp, running as Running)
    return ''
  } catch (thrown) {
    return (thrown as Error).message
  }
}

describe('what start gives', () => {
  it('is taken with a handler for every route that is not handed through, and a probe', () => {
    expect(told(whole)).toBe('')
  })

  it.each<[unknown, string]>([
    [{ ...whole, handlers: { ...whole.handlers, 'GET /state': undefined } }, '"GET /state"'],
    [{ ...whole, handlers: { ...whole.handlers, 'POST /switch': act } }, '{ plan, apply }'],
    [{ ...whole, handlers: { ...whole.handlers, 'POST /echo': 1 } }, '"POST /echo"'],
    [{ handlers: whole.handlers }, 'probe is not a function'],
    [undefined, 'probe is not a function'],
  ])('as %j is told: %s', (running, sentence) => {
    expect(told(running)).toContain(sentence)
  })
})
