import { pino } from 'pino'
import { afterEach, expect, it } from 'vitest'
import { ControlError } from '../errors.ts'
import type { Registry } from '../registry.ts'
import { createGuard } from '../security/guard.ts'
import { createUpstream } from '../upstream/pool-upstream.ts'
import { createCleanup, listen } from '../upstream/testing/rig.ts'
import { buildGeneration } from './generation.ts'
import { serviceMounts } from './mounts.ts'
import { createHttpServer } from './server.ts'

const open = createCleanup()
afterEach(open.run)

it('an error of what is handed through has the id its answer has', async () => {
  const upstream = open.add(
    createUpstream({ origin: 'http://127.0.0.1:9', requestTimeoutMs: null }),
  )
  const api = {
    'POST /say': { summary: 'Says it', effect: 'use', forward: 'main', max_bytes: 100 },
  } as const
  const live = {
    ...{ spec: { id: 'voice' }, loaded: { plugin: { api } } },
    service: { http: () => upstream },
  }
  const generation = await buildGeneration({
    mounts: serviceMounts({ services: () => [live] } as unknown as Registry),
    deps: { once: (_request, work) => work() },
    ...{ log: pino({ level: 'silent' }), version: '0.0.0', extra() {} },
    missing: (path) => new ControlError('NOT_FOUND', path),
  })
  const guard = createGuard(
    { hosts: [], trusted_origins: [], trusted_proxies: [] },
    { hostname: 'lan' },
  )
  const server = open.add(
    await listen(
      createHttpServer({
        ...{ guard: () => guard, headers: {}, count() {} },
        handle: generation.handle,
      }),
    ),
  )
  const reply = await fetch(`${server.origin}/api/voice/say`, { method: 'POST' })
  const { error } = await reply.json()
  expect(error.code).toBe('UPSTREAM_UNREACHABLE')
  expect(error.request_id).toBe(reply.headers.get('x-request-id'))
})
