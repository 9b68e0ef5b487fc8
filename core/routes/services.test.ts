import { createServer } from 'node:http'
import { Type } from '@sinclair/typebox'
import { pino } from 'pino'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { type Answer, type Api, answer, type Handlers, type Plan } from '../api.ts'
import { ControlError } from '../errors.ts'
import { buildGeneration } from '../http/generation.ts'
import type { LiveService } from '../services.ts'
import { listen, type TestServer } from '../upstream/testing/rig.ts'
import { servicesApi, servicesHandlers } from './services.ts'

const api = {
  'POST /off': {
    summary: 'Switches it off',
    effect: 'operate',
    action: { name: 'off', label: 'Off' },
    body: Type.Optional(Type.Object({ after_s: Type.Integer({ default: 5, maximum: 60 }) })),
    reply: { 200: Type.Unknown() },
  },
  'POST /toggle': {
    summary: 'Toggles it',
    effect: 'operate',
    action: { name: 'toggle', label: 'Toggle' },
    reply: { 200: Type.Unknown() },
  },
} as const satisfies Api

const plan: Plan = {
  title: 'Switch the lamp?',
  confirm: 'Switch',
  commands: [],
  stops: [],
  consequence: 'It gets dark.',
  holds: [],
  last_seconds: null,
  running_requests: 0,
}
const acts: unknown[] = []
const act = (_plan: unknown, call: { body: unknown; query: unknown }) => {
  acts.push(call.body)
  return answer(200, call.body ?? null)
}
const handlers: Handlers<typeof api> = {
  'POST /off': { plan: () => plan, apply: act },
  'POST /toggle': { plan: () => plan, apply: act },
}
const lamp = {
  spec: { id: 'lamp' },
  loaded: { plugin: { api } },
  running: { handlers },
} as unknown as LiveService
const broken = {
  ...lamp,
  running: undefined,
  failure: new ControlError('SERVICE_FAILED', 'the fuse is blown'),
} as unknown as LiveService

let server: TestServer

beforeAll(async () => {
  const find = (id: string) => (id === 'broken' ? broken : lamp)
  const generation = await buildGeneration({
    mounts: [
      {
        prefix: '',
        tag: 'core',
        api: servicesApi,
        handlers: { ...servicesHandlers({ find, views: () => [] }) },
      },
    ],
    deps: { once: (_request, work: () => Promise<Answer>) => work() },
    log: pino({ level: 'silent' }),
    version: '0.0.0',
    extra: () => {},
    missing: (path) => new ControlError('NOT_FOUND', path),
  })
  server = await listen(createServer((req, res) => generation.handle(req, res)))
})
afterAll(() => server.close())
beforeEach(() => void acts.splice(0))

const call = async (path: string, body: unknown = {}) => {
  const reply = await fetch(`${server.origin}/api/services/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return { status: reply.status, body: await reply.json() }
}

it('an action called by its name gets the defaults of its own route', async () => {
  expect(await call('lamp/actions/off', {})).toEqual({ status: 200, body: { after_s: 5 } })
})

it.each([
  ['a field that does not fit', 'off', { after_s: 1e9 }, 'after_s'],
  ['a field its route does not know', 'off', { soon: true }, 'soon'],
  ['any field where its route takes none', 'toggle', { soon: true }, 'soon'],
])('an action refuses %s, and nothing happens', async (_what, action, body, path) => {
  for (const query of ['', '?dry_run=true']) {
    const reply = await call(`lamp/actions/${action}${query}`, body)
    expect(reply).toMatchObject({ status: 400, body: { error: { details: [{ path }] } } })
  }
  expect(acts).toEqual([])
})

it('an action compares the plan that was shown', async () => {
  const { digest } = (await call('lamp/actions/off?dry_run=true')).body
  expect((await call('lamp/actions/off', { plan: digest })).status).toBe(200)
  expect((await call('lamp/actions/off', { plan: 'another' })).body.error.code).toBe('PLAN_CHANGED')
  expect(acts.length).toBe(1)
})

it('an unknown action names those there are', async () => {
  const { status, body } = await call('lamp/actions/explode')
  expect([status, body.error.code, body.error.hint]).toEqual([
    404,
    'ACTION_UNKNOWN',
    'actions: off, toggle',
  ])
})

it('the action of a service that could not be started says why', async () => {
  expect((await call('broken/actions/off')).body.error).toMatchObject({
    code: 'SERVICE_FAILED',
    message: 'the fuse is blown',
  })
})
