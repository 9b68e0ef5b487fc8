import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Api, Effect } from '../api.ts'
import { loadCatalog } from '../catalog.ts'
import { systemClock } from '../clock.ts'
import { type Controller, createController } from '../controller.ts'
import type { ServicePlugin } from '../plugin.ts'
import { CORE_APIS } from '../routes/index.ts'
import { createToken, hashToken } from './tokens.ts'

const SCOPES = ['read', 'use', 'operate'] as const
const tokens = Object.fromEntries(SCOPES.map((scope) => [scope, createToken()])) as Record<
  Effect,
  string
>
const entry = (scope: Effect): string =>
  `    - { name: of-${scope}, scope: ${scope}, hash: "${hashToken(tokens[scope])}" }\n`
const { kinds } = await loadCatalog()
/** Any kind that needs no more than a server. */
const plugin = [...kinds.values()]
  .map((loaded) => loaded.plugin)
  .find(({ place, settings: { properties, required = [] } }) => {
    const isGiven = (key: string) => properties[key]?.default !== undefined
    return place === 'host' && required.every(isGiven)
  }) as ServicePlugin
const topologyWith = (scopes: readonly Effect[]): string =>
  `access:\n  tokens:${scopes.length ? `\n${scopes.map(entry).join('')}` : ' []\n'}` +
  `services:\n  one: { kind: ${plugin.kind}, url: "http://127.0.0.1:9" }\n`

let folder: string
let file: string
let controller: Controller
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'access-'))
  file = join(folder, 'topology.yaml')
  writeFileSync(file, topologyWith(SCOPES))
  controller = await createController({
    file,
    dataDir: folder,
    clock: systemClock,
    log: pino({ level: 'silent' }),
    port: 0,
  })
})
afterAll(async () => {
  await controller?.close()
  rmSync(folder, { recursive: true, force: true })
})

const ask = (route: string, headers: Record<string, string> = {}, body?: unknown) => {
  const [method = 'GET', path = ''] = route.split(' ')
  return fetch(controller.url + path.replace(/:\w+/g, 'x'), {
    method,
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(10_000),
  })
}
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
/** The status alone; streams are not read. */
const statusOf = async (route: string, headers?: Record<string, string>): Promise<number> => {
  const reply = await ask(route, headers)
  await reply.body?.cancel()
  return reply.status
}

/** Every route of the core and of the kinds in the tree, by its effect. */
function allRoutes(): [route: string, effect: Effect][] {
  // a topology is in force here, so there is no sandbox
  const { sandbox: _, ...core } = CORE_APIS
  const own = Object.entries(plugin.api).map(([key, route]) => [
    key.replace(' ', ' /api/one'),
    route,
  ])
  const doors = [...kinds.values()].filter((loaded) => loaded.plugin.kind === plugin.kind)
  const routes = [
    ...Object.values<Api>(core),
    Object.fromEntries(own) as Api,
    ...doors.map((loaded) => loaded.plugin.door ?? {}),
  ].flatMap((api) => Object.entries(api))
  return [
    ...routes.flatMap(([key, { effect, is_public }]): [string, Effect][] =>
      is_public ? [] : [[key, effect]],
    ),
    ...[
      'GET /api/events',
      'GET /%61pi/events',
      'GET /api/openapi.json',
      'GET /metrics',
      'GET /api/jobs/x/log',
      'GET /api/services/one/logs',
      'HEAD /api/hosts',
    ].map((route): [string, Effect] => [route, 'read']),
  ]
}

describe('with tokens in the topology', () => {
  it('no route answers without one, or with one that is none', async () => {
    const routes = allRoutes()
    expect(routes.length).toBeGreaterThan(25)
    for (const headers of [{}, bearer('sc_wrong'), { cookie: 'spark_control_session=wrong' }]) {
      const open: string[] = []
      for (const [route] of routes) if ((await statusOf(route, headers)) !== 401) open.push(route)
      expect(open).toEqual([])
    }
  })

  it('a route is refused to every scope below its effect, and to none from there on', async () => {
    const wrong: string[] = []
    for (const [route, effect] of allRoutes())
      for (const scope of SCOPES) {
        const status = await statusOf(route, bearer(tokens[scope]))
        const isRefused = status === 403
        const shouldBe = SCOPES.indexOf(scope) < SCOPES.indexOf(effect)
        if (isRefused !== shouldBe || status === 401) wrong.push(`${route} ${scope}: ${status}`)
      }
    expect(wrong).toEqual([])
  })

  it('what is missing is said, with the way out', async () => {
    const none = await ask('GET /api/hosts')
    expect(none.headers.get('www-authenticate')).toBe('Bearer')
    expect((await none.json()).error).toMatchObject({
      code: 'UNAUTHENTICATED',
      hint: expect.stringContaining('access.tokens'),
    })
    const little = await ask('POST /api/jobs/x/cancel', bearer(tokens.use), {})
    expect((await little.json()).error).toMatchObject({
      code: 'SCOPE_MISSING',
      message: 'The token "of-use" may use; this asks for operate.',
    })
    const openAi = await ask('GET /v1/models')
    expect((await openAi.json()).error).toMatchObject({ type: 'authentication_error' })
  })

  it('health and the dashboard answer everybody, so that it can ask to sign in', async () => {
    expect(await statusOf('GET /healthz')).toBe(200)
    const page = await ask('GET /models', { accept: 'text/html' })
    await page.body?.cancel()
    expect(page.status).not.toBe(401)
    expect(await (await ask('GET /api/access')).json()).toEqual({
      is_required: true,
      name: null,
      scope: null,
    })
  })

  it('the key header of Anthropic clients counts too', async () => {
    expect(await statusOf('GET /v1/models', { 'x-api-key': tokens.use })).toBe(200)
  })
})

describe('signing in', () => {
  const signIn = async (token: string) => {
    const reply = await ask('POST /api/access/session', {}, { token })
    const cookie = reply.headers.get('set-cookie') ?? ''
    return { status: reply.status, cookie, body: await reply.json() }
  }
  const sent = (cookie: string) => ({ cookie: cookie.split(';')[0] ?? '' })

  it('gives a cookie no script and no other site can use, that holds no token', async () => {
    const { status, cookie, body } = await signIn(tokens.operate)
    expect([status, body.name, body.scope]).toEqual([200, 'of-operate', 'operate'])
    expect(cookie).toMatch(/; Path=\/; Max-Age=2592000; HttpOnly; SameSite=Strict$/)
    expect(cookie).not.toContain(tokens.operate)
    expect(await statusOf('GET /api/hosts', sent(cookie))).toBe(200)
    expect((await (await ask('GET /api/access', sent(cookie))).json()).name).toBe('of-operate')
  })

  it('may no more than its token', async () => {
    const { cookie } = await signIn(tokens.read)
    expect(await statusOf('POST /api/jobs/x/cancel', sent(cookie))).toBe(403)
  })

  it('with a wrong token gives none', async () => {
    const { status, cookie } = await signIn('sc_wrong')
    expect([status, cookie]).toEqual([401, ''])
  })

  it('ends on signing out, also for who kept the cookie', async () => {
    const { cookie } = await signIn(tokens.operate)
    const out = await ask('DELETE /api/access/session', sent(cookie))
    expect([out.status, out.headers.get('set-cookie')]).toEqual([
      204,
      expect.stringContaining('Max-Age=0'),
    ])
    expect(await statusOf('GET /api/hosts', sent(cookie))).toBe(401)
  })

  it('ends when its token leaves the topology', async () => {
    const { cookie } = await signIn(tokens.use)
    expect(await statusOf('GET /api/hosts', sent(cookie))).toBe(200)
    writeFileSync(file, topologyWith(['read', 'operate']))
    await controller.reload()
    expect(await statusOf('GET /api/hosts', sent(cookie))).toBe(401)
    expect(await statusOf('GET /api/hosts', bearer(tokens.use))).toBe(401)
    expect(await statusOf('GET /api/hosts', bearer(tokens.read))).toBe(200)
  })
})

it('without tokens in the topology nobody is asked', async () => {
  writeFileSync(file, topologyWith([]))
  await controller.reload()
  expect(await statusOf('GET /api/hosts')).toBe(200)
  expect(await (await ask('GET /api/access')).json()).toEqual({
    is_required: false,
    name: null,
    scope: 'operate',
  })
})
