import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EventView } from '../../events/event-view.ts'
import type { JobView, ServiceView } from '../../views.ts'
import { launchesIn } from '../command-record.ts'
import { readEvents } from '../event-reader.ts'
import { startTestCluster, type TestCluster, until } from '../test-cluster.ts'
import { isThorough, spread, thorough } from '../thorough.ts'

const MODELS = ['nvidia/Gemma-4-26B-A4B-NVFP4', 'Qwen/Qwen3.6-35B-A3B-FP8'] as const

let cluster: TestCluster
let turn = 0

beforeAll(async () => {
  cluster = await startTestCluster()
})
afterAll(() => cluster?.close())

/** Starts a job and ends the controller by force as soon as it tells of the phase. */
async function killIn(phase: string, path: string, body: object): Promise<JobView> {
  const events = await cluster.events()
  const { body: started } = await cluster.post<{ job: JobView }>(path, body)
  const isThere = (event: EventView) =>
    event.type === 'job' && event.job.id === started.job.id && event.job.phase === phase
  await events.find(isThere)
  await cluster.kill()
  return started.job
}

/** The next controller takes the job up; when it has ended, the cluster is as the job says. */
async function resume(job: JobView): Promise<JobView> {
  await cluster.restart()
  const ended = await cluster.ended(job)
  const { body } = await cluster.ask<{ jobs: JobView[] }>('/api/jobs')
  expect(body.jobs.filter(({ ended_at }) => ended_at === null)).toEqual([])
  return ended
}

const containers = async (host: string): Promise<string[]> =>
  (await cluster.containers(host)).map(({ name, state }) => `${name} ${state}`)

const served = async (): Promise<string[]> => {
  const { body } = await cluster.ask<{ data: { id: string; owned_by: string }[] }>('/v1/models')
  return body.data.flatMap(({ id, owned_by }) => (owned_by === 'vllm' ? [id] : []))
}

const lines = async ({ id }: JobView): Promise<string[]> => {
  const log = await readEvents<{ text?: string }>(`${cluster.url}/api/jobs/${id}/log`)
  await until(() => !log.isOpen, 'the end of the log')
  return log.events.flatMap(({ data }) => data.text ?? [])
}

/** Long enough for each phase of the load to be seen. */
const slowly = () => cluster.setFaults('spark-1', { next_launch: 'slow' })
const NOTHING = async () => undefined

/** An answer under way, so that there is something to wait for. */
async function keepBusy(): Promise<void> {
  const [model] = await served()
  const answer = await readEvents(`${cluster.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      model,
      messages: [{ role: 'user', content: 'Count.' }],
      stream: true,
      max_tokens: 100_000,
      ignore_eos: true,
    }),
  })
  await answer.find(() => true)
}

describe('a controller killed in the middle of a swap', () => {
  const PHASES: [string, () => Promise<unknown>][] = [
    ['checking', NOTHING],
    ['letting requests finish', keepBusy],
    ['stopping', NOTHING],
    ['starting', NOTHING],
    ['starting engine', slowly],
    ['loading weights', slowly],
    ['compiling', slowly],
    ['capturing graphs', slowly],
    ['checking the answer', NOTHING],
  ]
  it.each(spread(PHASES, 2))(
    'while %s: the next one takes it up, and starts nothing twice',
    async (phase, prepare) => {
      await prepare()
      const model = MODELS[turn++ % 2] ?? ''
      const before = launchesIn(cluster.commands()).length
      const killed = await killIn(phase, '/api/swap', { model, drain_s: 60 })
      const job = await resume(killed)
      expect(job).toMatchObject({ state: 'succeeded', result: { self_check: { answered: true } } })
      expect(launchesIn(cluster.commands()).slice(before)).toHaveLength(1)
      expect(await containers('spark-1')).toEqual(['vllm_node running'])
      expect(await containers('spark-2')).toEqual(['vllm_node_2 running'])
      expect(await served()).toContain(model)
      expect(await lines(job)).toContain('— the controller was restarted; the job goes on —')
    },
  )

  it.runIf(isThorough)(
    'while the launcher is at work: what it had begun is taken over, or stopped before it is begun anew',
    async () => {
      const model = MODELS[turn++ % 2] ?? ''
      const before = launchesIn(cluster.commands()).length
      const { body } = await cluster.post<{ job: JobView }>('/api/swap', { model })
      await until(() => launchesIn(cluster.commands()).length > before, 'the launch')
      await cluster.kill()
      const job = await resume(body.job)
      expect(job).toMatchObject({ state: 'succeeded' })
      const wasCleared = (await lines(job)).some((line) => line.includes('an unfinished launch'))
      expect(launchesIn(cluster.commands()).slice(before)).toHaveLength(wasCleared ? 2 : 1)
      expect(await containers('spark-1')).toEqual(['vllm_node running'])
    },
  )

  it('again and again, whenever it has come further, gets there all the same', async () => {
    await slowly()
    const model = MODELS[turn++ % 2] ?? ''
    const before = launchesIn(cluster.commands()).length
    const { body } = await cluster.post<{ job: JobView }>('/api/swap', { model })
    for (let kills = 0; kills < thorough(3, 2); kills++) {
      const { length } = body.job.phases
      const events = await cluster.events()
      const { job } = (await events.find(
        (event) => event.type === 'job' && event.job.phases.length > length + kills,
      )) as EventView & { type: 'job' }
      expect(job.ended_at).toBeNull()
      await cluster.kill()
      await cluster.restart()
    }
    expect(await cluster.ended(body.job)).toMatchObject({ state: 'succeeded' })
    expect(launchesIn(cluster.commands()).slice(before)).toHaveLength(1)
    expect(await containers('spark-1')).toEqual(['vllm_node running'])
  })

  it.runIf(isThorough)(
    'whose engine dies meanwhile: the next one tells it as a failure, and nothing runs',
    async () => {
      await slowly()
      const model = MODELS[turn % 2] ?? ''
      const killed = await killIn('loading weights', '/api/swap', { model })
      await cluster.setFaults('spark-1', { engine: 'die' })
      const job = await resume(killed)
      expect(job).toMatchObject({ state: 'failed', error: { code: 'LOAD_FAILED' } })
      expect(job.error?.message).toMatch(/did not start/)
      expect(await containers('spark-1')).toEqual([])
    },
  )
})

describe('a controller killed in the middle of an unload', () => {
  it('leaves the rest to the next one, which makes sure of it', async () => {
    await cluster.setFaults('spark-1', {})
    const model = MODELS[turn % 2] ?? ''
    const { body } = await cluster.post<{ job: JobView }>('/api/swap', { model })
    expect(await cluster.ended(body.job)).toMatchObject({ state: 'succeeded' })
    const launches = launchesIn(cluster.commands()).length

    const job = await resume(await killIn('stopping', '/api/unload', {}))
    expect(job).toMatchObject({ state: 'succeeded' })
    expect(await containers('spark-1')).toEqual([])
    expect(await containers('spark-2')).toEqual(['vllm_node_2 running'])
    expect(launchesIn(cluster.commands())).toHaveLength(launches)
    await until(async () => {
      const { body: service } = await cluster.ask<ServiceView>('/api/services/llm')
      return service.state === 'idle'
    }, 'an idle service')
    expect(await served()).toEqual(['Qwen/Qwen3-4B-FP8'])
  })
})
