import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { AuditView } from '../../audit/audit.ts'
import type { LeaseView } from '../../coordination/lease.ts'
import type { ErrorView, JobView, PlanView } from '../../views.ts'
import { launchesIn } from '../command-record.ts'
import { startTestCluster, type TestCluster, until } from '../test-cluster.ts'

const FIRST = 'Qwen/Qwen3.6-35B-A3B-FP8'
const OTHER = 'nvidia/Gemma-4-26B-A4B-NVFP4'
const LOCK = '/api/coordination/lock'

type Acquired = LeaseView & { token: string }
type Refused = ErrorView['error'] & { holder: { owner: string; job?: string } }

let cluster: TestCluster

beforeAll(async () => {
  cluster = await startTestCluster()
})
afterAll(() => cluster?.close())
afterEach(async () => {
  for (const { fence } of await held())
    await cluster.ask(`${LOCK}?force=true&fence=${fence}`, { method: 'DELETE' })
})

const held = async () => (await cluster.ask<{ leases: LeaseView[] }>(LOCK)).body.leases

async function reserve(more: object = {}): Promise<Acquired> {
  const body = { owner: 'crm', reason: 'nightly run', ttl_s: 3600, ...more }
  const reply = await cluster.post<Acquired>(LOCK, body)
  expect(reply.status).toBe(201)
  return reply.body
}

const withToken = (token?: string) => (token === undefined ? {} : { 'x-lock-token': token })

const swap = (model: string, token?: string) =>
  cluster.post<{ job: JobView; error?: Refused }>('/api/swap', { model }, withToken(token))

/** A model that is not loaded, so that loading it is something to do. */
async function unloaded(): Promise<string> {
  const { body } = await cluster.ask<{ data: { id: string }[] }>('/v1/models')
  return body.data.some(({ id }) => id === OTHER) ? FIRST : OTHER
}

const release = (token: string) =>
  cluster.ask(LOCK, { method: 'DELETE', headers: withToken(token) })

describe('while the GPU is reserved', () => {
  it('a swap and an unload without the token answer 423 with holder, reason and time, and nothing runs', async () => {
    await reserve()
    const launches = launchesIn(cluster.commands()).length
    for (const reply of [
      await swap(OTHER),
      await cluster.post<{ error: Refused }>('/api/unload', {}),
      await cluster.post<{ error: Refused }>('/api/llm/unload', {}),
      await cluster.post<{ error: Refused }>('/api/services/llm/actions/unload', {}),
    ]) {
      expect(reply.status).toBe(423)
      expect(reply.body.error).toMatchObject({
        code: 'LEASE_HELD',
        holder: { owner: 'crm', reason: 'nightly run', resource: 'gpu' },
      })
      expect(Number(reply.headers.get('retry-after'))).toBeGreaterThan(3000)
    }
    expect(launchesIn(cluster.commands())).toHaveLength(launches)
  })

  it('the plan is shown to everybody, with what it waits for', async () => {
    await reserve()
    const path = '/api/swap?dry_run=true'
    const { status, body } = await cluster.post<PlanView>(path, { model: OTHER })
    expect([status, body.confirm]).toEqual([200, 'Load Gemma 4 26B'])
    expect(body.waits).toMatchObject({ code: 'LEASE_HELD', holder: { owner: 'crm' } })
  })

  it('inference is answered as ever', async () => {
    await reserve()
    const chat = { model: FIRST, messages: [{ role: 'user', content: 'Hi' }], max_tokens: 5 }
    expect((await cluster.post('/v1/chat/completions', chat)).status).toBe(200)
  })

  it('its token swaps, which nobody else may cancel; meanwhile a job keeps the resource', async () => {
    const { token, fence } = await reserve()
    await cluster.setFaults('spark-1', { next_launch: 'slow' })
    const { status, body } = await swap(OTHER, token)
    expect([status, body.job.lease]).toEqual([202, { fence, owner: 'crm' }])
    expect((await cluster.post(`/api/jobs/${body.job.id}/cancel`, {})).status).toBe(423)
    await release(token)
    const tooEarly = await cluster.post<{ error: Refused }>(LOCK, { owner: 'agent', ttl_s: 60 })
    expect([tooEarly.status, tooEarly.body.error.holder.job]).toEqual([423, body.job.id])
    expect(await cluster.ended(body.job)).toMatchObject({ state: 'succeeded', lease: { fence } })
  })
})

describe('a reservation that is over', () => {
  it('lets a swap begun under it finish', async () => {
    const { token } = await reserve()
    await cluster.setFaults('spark-1', { next_launch: 'slow' })
    const { body } = await swap(await unloaded(), token)
    await cluster.ask(LOCK, { method: 'PUT', body: { ttl_s: 1 }, headers: withToken(token) })
    await until(async () => (await held()).length === 0, 'the end of the reservation')
    const running = await cluster.ask<JobView>(`/api/jobs/${body.job.id}`)
    expect(running.body.ended_at).toBeNull()
    expect(await cluster.ended(body.job)).toMatchObject({ state: 'succeeded' })
  })

  it('makes every call of its holder fail: renewing, swapping, releasing', async () => {
    const { token } = await reserve({ ttl_s: 1 })
    await until(async () => (await held()).length === 0, 'the end of the reservation')
    const headers = withToken(token)
    const renewed = await cluster.ask<{ error: Refused }>(LOCK, { method: 'PUT', headers })
    expect([renewed.status, renewed.body.error.code]).toEqual([409, 'LEASE_LOST'])
    const model = await unloaded()
    expect((await swap(model, token)).status).toBe(409)
    await reserve({ owner: 'agent' })
    const stale = await swap(model, token)
    expect([stale.status, stale.body.error?.holder.owner]).toEqual([423, 'agent'])
    expect((await release(token)).status).toBe(409)
  })

  it('by an operator is asked about first, and tells the holder who it was', async () => {
    const { token, fence } = await reserve()
    const path = `${LOCK}?force=true&fence=${fence}`
    const plan = await cluster.ask<PlanView>(`${path}&dry_run=true`, { method: 'DELETE' })
    expect(plan.body.title).toBe('Take every GPU away from “crm”?')
    expect(plan.body.consequence).toContain("that program's own swaps are refused from now on")
    const headers = { 'x-plan-digest': plan.body.digest }
    const done = await cluster.ask(path, { method: 'DELETE', headers })
    expect(done.status).toBe(200)
    const lost = await cluster.ask<{ error: Refused }>(LOCK, {
      method: 'PUT',
      headers: withToken(token),
    })
    expect(lost.body.error.message).toContain('released by an operator (127.0.0.1)')
  })

  it('by an operator never takes another one in its place', async () => {
    const { token, fence } = await reserve()
    await release(token)
    await reserve({ owner: 'agent' })
    const path = `${LOCK}?force=true&fence=${fence}`
    expect((await cluster.ask<object>(path, { method: 'DELETE' })).body).toEqual({ released: null })
    expect((await held()).map(({ owner }) => owner)).toEqual(['agent'])
  })
})

describe('a reservation', () => {
  it.each([
    ['gpu:spark-2', undefined],
    ['llm-2', undefined],
    ['gpu:spark-1', 'LEASE_HELD'],
    ['llm', 'LEASE_HELD'],
  ])('of %s keeps a model that needs spark-1 alone waiting: %s', async (resource, code) => {
    await reserve({ resource })
    const path = '/api/swap?dry_run=true'
    const { body } = await cluster.post<PlanView>(path, { model: await unloaded() })
    expect(body.holds).toEqual(['llm', 'gpu:spark-1'])
    expect(body.waits?.code).toBe(code)
  })

  it('names what does not exist, and takes no token into what is kept', async () => {
    const wrong = await cluster.post<{ error: Refused }>(LOCK, {
      owner: 'crm',
      ttl_s: 1,
      resource: 'gpu:spark-9',
    })
    expect([wrong.status, wrong.body.error.code]).toEqual([404, 'HOST_UNKNOWN'])
    const headers = { 'idempotency-key': 'the same' }
    const body = { owner: 'crm', ttl_s: 60 }
    expect((await cluster.post(LOCK, body, headers)).status).toBe(201)
    expect((await cluster.post(LOCK, body, headers)).status).toBe(423)
  })

  it('stands after the controller was killed, and its token with it', async () => {
    const { token, fence } = await reserve()
    await cluster.kill()
    await cluster.restart()
    expect((await swap(await unloaded())).status).toBe(423)
    const renewed = await cluster.ask<LeaseView>(LOCK, {
      method: 'PUT',
      headers: withToken(token),
    })
    expect([renewed.status, renewed.body.fence]).toEqual([200, fence])
  })
})

describe('the audit log', () => {
  const entries = async (query = '') =>
    (await cluster.ask<{ entries: AuditView[] }>(`/api/audit${query}`)).body.entries

  it('has acts and their ends, reservations and refusals, and nothing that was only looked at', async () => {
    const model = await unloaded()
    const { token, fence } = await reserve()
    await swap(model)
    await cluster.post('/api/swap?dry_run=true', { model })
    const { body } = await swap(model, token)
    await cluster.ended(body.job)
    await release(token)
    const words = (await entries())
      .filter((entry) => entry.fence === fence)
      .map(({ action, outcome, address }) => [action, outcome, address])
    expect(words).toEqual([
      ['DELETE /api/coordination/lock', 'done', '127.0.0.1'],
      ['job', 'succeeded', null],
      ['POST /api/swap', 'started', '127.0.0.1'],
      ['POST /api/swap', 'refused', '127.0.0.1'],
      ['POST /api/coordination/lock', 'done', '127.0.0.1'],
    ])
    expect(JSON.stringify(await entries())).not.toContain(token)
  })

  it('is listed by time, and refuses times that are none', async () => {
    const [newest] = await entries('?limit=1')
    const later = new Date(Date.parse(newest?.at ?? '') + 1).toISOString()
    expect((await entries(`?from=${later}`)).every(({ id }) => id > (newest?.id ?? 0))).toBe(true)
    expect((await cluster.ask('/api/audit?from=yesterday')).status).toBe(400)
  })
})
