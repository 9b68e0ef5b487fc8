import { afterAll, beforeAll, expect, it } from 'vitest'
import type { JobView } from '../../views.ts'
import { launchesIn } from '../command-record.ts'
import { startTestCluster, type TestCluster, until } from '../test-cluster.ts'

const FIRST = 'Qwen/Qwen3.6-35B-A3B-FP8'
const SOLO = 'nvidia/Gemma-4-26B-A4B-NVFP4'
const THIRD = 'openai/gpt-oss-120b'

interface Waiting {
  model: string
  requests: number
  position: number
  phase: string
}

let cluster: TestCluster

beforeAll(async () => {
  cluster = await startTestCluster({
    topology: (yaml) =>
      yaml.replace(
        'nodes: [spark-1, spark-2]\n',
        'nodes: [spark-1, spark-2]\n    on_demand: { min_loaded: 5s, max_wait: 30m }\n',
      ),
  })
})
afterAll(() => cluster?.close())

const chat = (model: string, more: object = {}, signal?: AbortSignal) =>
  cluster.ask<{ choices?: object[]; error?: { code: string; message: string } }>(
    '/v1/chat/completions',
    {
      method: 'POST',
      body: { model, max_tokens: 5, messages: [{ role: 'user', content: 'Hello' }], ...more },
      ...(signal && { signal }),
    },
  )

const waiting = async (): Promise<Waiting[]> => {
  const { body } = await cluster.ask<{ demand: { waiting: Waiting[] } }>('/api/llm/card')
  return body.demand.waiting
}

const served = async (): Promise<string | undefined> => {
  const { body } = await cluster.ask<{ models: string[] }>('/api/services/llm')
  return body.models[0]
}

const jobs = async (): Promise<JobView[]> =>
  (await cluster.ask<{ jobs: JobView[] }>('/api/jobs')).body.jobs

it('loads a model because it is asked for, once for all who wait, and tells who streams how it stands', async () => {
  const before = launchesIn(cluster.commands()).length
  const streamed = chat(SOLO, { stream: true })
  const whole = Promise.all([chat(SOLO), chat(SOLO)])
  const line = await until(async () => {
    const now = await waiting()
    return now[0]?.requests === 3 && now
  }, 'three requests in the line')
  expect(line).toMatchObject([{ model: SOLO, position: 1 }])
  const { status, headers, text } = await streamed
  expect([status, headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8'])
  expect(text).toMatch(/^: waiting, 1st in line; /)
  expect(text).toMatch(/: waiting, 1st in line; (starting|loading weights)/)
  expect(text).toMatch(/data: \[DONE\]\n\n$/)
  expect((await whole).map((reply) => [reply.status, reply.body.choices?.length])).toEqual([
    [200, 1],
    [200, 1],
  ])
  expect(launchesIn(cluster.commands()).length - before).toBe(1)
  expect(await waiting()).toEqual([])
  expect(await served()).toBe(SOLO)
})

it('never cuts an answer for another model: new ones wait, the running one ends whole', async () => {
  const long = chat(SOLO, { stream: true, max_tokens: 400, ignore_eos: true })
  await until(async () => {
    const { body } = await cluster.ask<{ in_flight: number }>('/api/services/llm')
    return body.in_flight === 1
  }, 'an answer under way')
  const other = chat(FIRST)
  expect((await long).text).toMatch(/data: \[DONE\]\n\n$/)
  expect((await other).status).toBe(200)
  expect(await served()).toBe(FIRST)
})

it('forgets a caller who leaves, and loads nothing for nobody', async () => {
  const before = (await jobs()).length
  // requests from elsewhere are being answered, so nothing begins before the caller leaves
  await cluster.setFaults('spark-1', { busy: true })
  const leave = new AbortController()
  const gone = chat(THIRD, {}, leave.signal).catch(() => 'left')
  await until(async () => (await waiting()).length === 1, 'the request in the line')
  leave.abort()
  expect(await gone).toBe('left')
  await until(async () => (await waiting()).length === 0, 'the end of the line')
  await cluster.setFaults('spark-1', {})
  expect((await jobs()).length).toBe(before)
  expect((await chat(FIRST)).status).toBe(200)
})

it('tells everybody who waits why a load failed, and who comes soon after at once', async () => {
  await cluster.setFaults('spark-1', { next_launch: 'oom' })
  const [streamed, whole] = await Promise.all([chat(SOLO, { stream: true }), chat(SOLO)])
  expect(whole.status).toBe(502)
  expect(whole.body.error).toMatchObject({ code: 'load_failed' })
  expect(streamed.status).toBe(200)
  const event = /event: error\ndata: (.*)\n\n$/.exec(streamed.text)
  expect(JSON.parse(event?.[1] ?? '')).toEqual(whole.body)
  const launches = launchesIn(cluster.commands()).length
  expect((await chat(SOLO)).body.error?.code).toBe('load_failed')
  expect(launchesIn(cluster.commands()).length).toBe(launches)
})

it('leaves nothing odd when the controller is killed while requests wait', async () => {
  const lost = chat(FIRST, { stream: true }).catch(() => 'lost')
  const job = await until(
    async () => (await jobs()).find(({ ended_at }) => ended_at === null),
    'the load',
  )
  await cluster.kill()
  await lost
  await cluster.restart()
  expect(await waiting()).toEqual([])
  expect((await cluster.ended(job)).state).toBe('succeeded')
  expect((await chat(FIRST)).status).toBe(200)
  const { body } = await cluster.ask<{ is_draining: boolean }>('/api/services/llm')
  expect(body.is_draining).toBe(false)
})

it('lists what a request would wait for beside what is served', async () => {
  const { body } = await cluster.ask<{ data: { id: string }[] }>('/v1/models')
  const ids = body.data.map(({ id }) => id)
  expect(ids[0]).toBe(FIRST)
  expect(ids).toContain(SOLO)
  expect(new Set(ids).size).toBe(ids.length)
})
