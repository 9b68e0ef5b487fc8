import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { JobView, PlanView, ServiceView } from '../../views.ts'
import { changesIn, launchesIn } from '../command-record.ts'
import { type EventReader, readEvents } from '../event-reader.ts'
import { type Reply, startTestCluster, type TestCluster, until } from '../test-cluster.ts'

const FIRST = 'Qwen/Qwen3.6-35B-A3B-FP8'
const SOLO = 'nvidia/Gemma-4-26B-A4B-NVFP4'
const WIDE = 'nvidia/Qwen3-235B-A22B-NVFP4'

interface Started {
  job: JobView
  unchanged: boolean
}
interface Models {
  models: { repo: string; running: { service: string }[]; last_load_seconds: number | null }[]
}

let cluster: TestCluster

beforeAll(async () => {
  cluster = await startTestCluster()
})
afterAll(() => cluster?.close())

const swap = (model: string, more: object = {}, headers: Record<string, string> = {}) =>
  cluster.post<Started>('/api/swap', { model, ...more }, headers)

const plan = async (model: string, more: object = {}): Promise<PlanView> => {
  const { status, body } = await cluster.post<PlanView>('/api/swap?dry_run=true', {
    model,
    ...more,
  })
  expect(status).toBe(200)
  return body
}

const load = async (model: string): Promise<JobView> => {
  const { body } = await swap(model)
  const job = body.job && (await cluster.ended(body.job))
  expect(job?.error).toBeUndefined()
  return job
}

const served = async (): Promise<string[]> => {
  const { body } = await cluster.ask<{ data: { id: string; owned_by: string }[] }>('/v1/models')
  return body.data.flatMap(({ id, owned_by }) => (owned_by === 'vllm' ? [id] : []))
}

const service = async () => (await cluster.ask<ServiceView>('/api/services/llm')).body

const names = async (host: string): Promise<string[]> =>
  (await cluster.containers(host)).map(({ name }) => name)

/** A streamed answer of so many tokens. */
const stream = (model: string, tokens: number): Promise<EventReader<unknown>> =>
  readEvents(`${cluster.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      model,
      messages: [{ role: 'user', content: 'Count.' }],
      stream: true,
      max_tokens: tokens,
      ignore_eos: true,
    }),
  })

const refusal = ({ status, body }: Reply<unknown>) => ({
  status,
  ...(body as { error: { code: string; message: string; hint?: string } }).error,
})

describe('a swap', () => {
  it('shows its plan on a dry run and touches nothing', async () => {
    const before = cluster.commands().length
    const { digest, ...shown } = await plan(SOLO)
    expect(shown).toMatchObject({
      title: 'Load Gemma 4 26B instead of Qwen3.6 35B?',
      confirm: 'Load Gemma 4 26B',
      stops: [expect.stringContaining('Qwen3.6 35B stops')],
      last_seconds: null,
      running_requests: 0,
    })
    expect(shown.consequence).toContain('Nobody gets answers'.toLowerCase().slice(1))
    expect(shown.commands.at(-1)).toMatchObject({
      host: 'spark-1',
      command: expect.stringContaining(`serve ${SOLO}`),
    })
    expect(digest.length).toBeGreaterThan(10)
    expect(changesIn(cluster.commands().slice(before))).toEqual([])
    const { body } = await cluster.ask<{ jobs: JobView[] }>('/api/jobs')
    expect(body.jobs).toEqual([])
  })

  it('does what the plan said, in phases, and ends with a model that answers', async () => {
    const { digest, commands } = await plan(SOLO)
    const reply = await swap(SOLO, { plan: digest })
    expect(reply.status).toBe(202)
    expect(reply.body).toMatchObject({ unchanged: false, job: { state: 'queued', service: 'llm' } })
    expect(reply.headers.get('location')).toBe(`/api/jobs/${reply.body.job.id}`)

    const waited = await cluster.ask<JobView>(`${reply.headers.get('location')}?wait=60`)
    expect(waited.body).toMatchObject({ state: 'succeeded', percent: 100 })
    const phases = waited.body.phases.map(({ name }) => name)
    expect(phases.slice(0, 4)).toEqual([
      ...['checking', 'letting requests finish', 'stopping', 'starting'],
    ])
    expect(phases.at(-1)).toBe('checking the answer')
    expect(waited.body.result).toMatchObject({
      cut: 0,
      self_check: { answered: true, tool_call: { passed: true } },
    })
    expect(await served()).toContain(SOLO)
    expect(await served()).not.toContain(FIRST)
    const [launch, ...others] = launchesIn(cluster.commands())
    expect(others).toEqual([])
    expect(launch?.host).toBe('spark-1')
    expect(commands.at(-1)?.command).toContain(launch?.args.at(-1))
    expect(await names('spark-1')).toEqual(['vllm_node'])
    await until(async () => (await service()).state === 'up', 'a service that is up')
    const { body } = await cluster.ask('/api/llm/card')
    expect(body).toMatchObject({ served: [SOLO], is_foreign: false, self_check: { model: SOLO } })
  })

  it('knows afterwards how long it took', async () => {
    const { body } = await cluster.ask<Models>('/api/models')
    const model = body.models.find(({ repo }) => repo === SOLO)
    expect(model?.running).toMatchObject([{ service: 'llm', host: 'spark-1' }])
    expect(model?.last_load_seconds).toBeGreaterThan(0)
  })

  it('to what is served already changes nothing', async () => {
    const before = cluster.commands().length
    expect(await swap(SOLO)).toMatchObject({ status: 200, body: { job: null, unchanged: true } })
    expect((await plan(SOLO)) ?? null).toBeNull()
    expect(changesIn(cluster.commands().slice(before))).toEqual([])
  })

  it('is refused when the plan is no longer the one that was agreed to', async () => {
    const { digest } = await plan(FIRST)
    const { body } = await cluster.post<Started>('/api/unload', {})
    expect(await cluster.ended(body.job)).toMatchObject({ state: 'succeeded' })
    const reply = await swap(FIRST, { plan: digest })
    expect(refusal(reply)).toMatchObject({
      status: 409,
      code: 'PLAN_CHANGED',
      hint: expect.any(String),
    })
    expect(await names('spark-1')).toEqual([])
  })

  it('asked for twice is one job; another one meanwhile is refused and told by whom', async () => {
    const first = await swap(FIRST)
    const again = await swap(FIRST)
    expect(again).toMatchObject({ status: 202, body: { job: { id: first.body.job.id } } })
    const other = await swap(SOLO)
    expect(refusal(other)).toMatchObject({
      status: 409,
      code: 'JOB_RUNNING',
      message: expect.stringContaining('Load Qwen3.6 35B'),
      holder: { job: first.body.job.id },
    })
    expect(Number(other.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(refusal(await cluster.post('/api/unload', {}))).toMatchObject({ code: 'JOB_RUNNING' })
    expect(await cluster.ended(first.body.job)).toMatchObject({ state: 'succeeded' })
  })

  it.each([
    ['Nobody/Nothing-7B', 404, 'MODEL_NOT_FOUND', 'Nobody/Nothing-7B'],
    ['fjordlight/Skald-14B-Instruct', 409, 'MODEL_NEEDS_SETUP', 'no launch settings'],
    ['Qwen/Qwen3-Coder-Next-FP8', 409, 'MODEL_INCOMPLETE', '23 of 40 weight files are missing'],
    ['Qwen/Qwen3-4B-FP8', 409, 'MODEL_INCOMPLETE', 'not on spark-1'],
    ['fjordlight/Skald-14B-Instruct-GGUF', 409, 'MODEL_UNSUPPORTED', 'GGUF'],
  ])('to %s is refused with %i %s', async (model, status, code, says) => {
    const before = cluster.commands().length
    const refused = refusal(await swap(model))
    expect(refused).toMatchObject({ status, code, message: expect.stringContaining(says) })
    expect(changesIn(cluster.commands().slice(before))).toEqual([])
  })

  it('on a service that is only watched is refused', async () => {
    for (const path of ['/api/swap', '/api/unload']) {
      const reply = await cluster.post(path, {
        ...(path === '/api/swap' && { model: SOLO }),
        service: 'llm-2',
      })
      expect(refusal(reply)).toMatchObject({ status: 409, code: 'SERVICE_UNMANAGED' })
    }
  })

  it('answers a repeated Idempotency-Key with the first answer, and another body with 422', async () => {
    const headers = { 'idempotency-key': 'swap-1' }
    const first = await swap(SOLO, {}, headers)
    const job = await cluster.ended(first.body.job)
    expect(job.state).toBe('succeeded')
    const before = cluster.commands().length
    const again = await swap(SOLO, {}, headers)
    expect(again.status).toBe(202)
    expect(again.body).toEqual(first.body)
    expect(again.headers.get('idempotency-replayed')).toBe('true')
    expect(refusal(await swap(FIRST, {}, headers))).toMatchObject({
      status: 422,
      code: 'IDEMPOTENCY_MISMATCH',
    })
    expect(changesIn(cluster.commands().slice(before))).toEqual([])
  })

  it('to a model that spans two machines says so, and runs on both', async () => {
    const { consequence, commands } = await plan(WIDE)
    expect(consequence).toContain('It also takes spark-2')
    expect(commands.map(({ host }) => host)).toContain('spark-2')
    const job = await load(WIDE)
    expect(job.input).toMatchObject({ nodes: ['spark-1', 'spark-2'] })
    expect(await names('spark-1')).toEqual(['vllm_node'])
    expect((await names('spark-2')).sort()).toEqual(['vllm_node', 'vllm_node_2'])
    expect(await served()).toContain(WIDE)
  })

  it('that is cancelled while it loads leaves nothing running', async () => {
    await cluster.setFaults('spark-1', { next_launch: 'hang' })
    const { body } = await swap(SOLO)
    await cluster.inPhase(body.job, 'loading weights')
    const cancelled = await cluster.post<Started>(`/api/jobs/${body.job.id}/cancel`, {})
    expect(cancelled).toMatchObject({ status: 202, body: { job: { is_cancelling: true } } })
    expect(await cluster.ended(body.job)).toMatchObject({ state: 'cancelled' })
    expect(await names('spark-1')).toEqual([])
    expect(await names('spark-2')).toEqual(['vllm_node_2'])
    expect(refusal(await cluster.post(`/api/jobs/${body.job.id}/cancel`, {}))).toMatchObject({
      status: 409,
      code: 'JOB_ENDED',
    })
    await until(async () => (await service()).state === 'idle', 'an idle service')
  })

  it('lets running answers finish when it is told to drain, and takes no new ones', async () => {
    await load(FIRST)
    const answer = await stream(FIRST, 8_000)
    await answer.find(() => true)
    const { body } = await swap(SOLO, { drain_s: 300 })
    await cluster.inPhase(body.job, 'letting requests finish')
    const late = await cluster.post('/v1/chat/completions', {
      model: FIRST,
      messages: [{ role: 'user', content: 'Hello' }],
    })
    expect(late).toMatchObject({ status: 503, body: { error: { code: 'draining' } } })
    expect(Number(late.headers.get('retry-after'))).toBeGreaterThan(0)
    await answer.find((data) => data === '[DONE]')
    expect(await cluster.ended(body.job)).toMatchObject({ state: 'succeeded', result: { cut: 0 } })
  })

  it('cuts running answers when it is not told to drain, says so before and counts them after', async () => {
    const answer = await stream(SOLO, 100_000)
    await answer.find(() => true)
    const { running_requests, consequence } = await plan(FIRST)
    expect(running_requests).toBe(1)
    expect(consequence).toContain('1 request is being answered')
    const job = await load(FIRST)
    expect(job.result).toMatchObject({ cut: 1 })
    await until(() => !answer.isOpen, 'the end of the answer')
    expect(answer.events.map(({ data }) => data)).not.toContain('[DONE]')
    expect(answer.events.at(-1)).toMatchObject({ event: 'error', data: { error: {} } })
  })
})

describe('an unload', () => {
  it('stops the model on every machine, makes sure of it and says what came back', async () => {
    await load(WIDE)
    const shown = await cluster.post<PlanView>('/api/unload?dry_run=true', {})
    expect(shown.body.title).toMatch(/^Unload .*235B/)
    const { body } = await cluster.post<Started>('/api/unload', { plan: shown.body.digest })
    const job = await cluster.ended(body.job)
    expect(job).toMatchObject({
      state: 'succeeded',
      result: { stopped: ['spark-1', 'spark-2'], cut: 0 },
    })
    expect((job.result as { freed_bytes: object }).freed_bytes).toMatchObject({
      'spark-1': expect.any(Number),
      'spark-2': expect.any(Number),
    })
    expect(await names('spark-1')).toEqual([])
    expect(await names('spark-2')).toEqual(['vllm_node_2'])
    await until(async () => (await service()).state === 'idle', 'an idle service')
    expect(await served()).toEqual(['Qwen/Qwen3-4B-FP8'])
  })

  it('of nothing changes nothing, by either of its addresses', async () => {
    for (const path of ['/api/unload', '/api/llm/unload', '/api/services/llm/actions/unload'])
      expect(await cluster.post(path, {})).toMatchObject({
        status: 200,
        body: { job: null, unchanged: true },
      })
  })
})
