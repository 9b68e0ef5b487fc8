import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import OpenAI from 'openai'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { JobView, PlanView, ServiceView } from '../../views.ts'
import { changesIn } from '../command-record.ts'
import { type EventReader, readEvents } from '../event-reader.ts'
import { startTestCluster, type TestCluster, until } from '../test-cluster.ts'

const FIRST = 'Qwen/Qwen3.6-35B-A3B-FP8'
const SMALL = 'Qwen/Qwen3-4B-FP8'
const BOTH = 'nvidia/Gemma-4-26B-A4B-NVFP4'

const run = promisify(execFile)

interface Started {
  job: JobView
}

let cluster: TestCluster
let openai: OpenAI

/** An engine on each machine, both started and stopped from here. */
const own = (yaml: string): string =>
  yaml.replace('nodes: [spark-1, spark-2]', 'nodes: [spark-1]').replace(/ +manage: false\n/, '')

beforeAll(async () => {
  cluster = await startTestCluster({ topology: own, sandboxSpeed: 20 })
  openai = new OpenAI({ baseURL: `${cluster.url}/v1`, apiKey: 'ignored', maxRetries: 0 })
})
afterEach(() => cluster.setFaults('spark-1', {}))
afterAll(() => cluster?.close())

const swap = async (model: string, service: string): Promise<JobView> => {
  const { status, body } = await cluster.post<Started>('/api/swap', { model, service })
  expect([status, body]).toEqual([202, expect.anything()])
  return body.job
}

const service = async (id: string) => (await cluster.ask<ServiceView>(`/api/services/${id}`)).body

const engines = async (host: string): Promise<string[]> =>
  (await cluster.containers(host)).map(({ id, name, state }) => `${name} ${id} ${state}`)

const changesOn = (host: string, since: number) =>
  changesIn(cluster.commands().slice(since)).filter((each) => each.host === host)

const askFor = async (model: string) => {
  const { model: answered } = await openai.chat.completions.create({
    ...{ model, messages: [{ role: 'user', content: 'Name three planets.' }], max_tokens: 20 },
  })
  return answered
}

/** An answer as long as the models' context allows: many seconds. */
const long = (model: string): Promise<EventReader<unknown>> =>
  readEvents(`${cluster.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      ...{ model, messages: [{ role: 'user', content: 'Count.' }] },
      ...{ stream: true, max_tokens: 15_000, ignore_eos: true },
    }),
  })

describe('two engines, each on a machine of its own', () => {
  it('are both listed, and answer for their own models', async () => {
    const ids: string[] = []
    for await (const { id, owned_by } of openai.models.list()) if (owned_by === 'vllm') ids.push(id)
    expect(ids.sort()).toEqual([SMALL, FIRST].sort())
    expect(await askFor(FIRST)).toBe(FIRST)
    expect(await askFor(SMALL)).toBe(SMALL)
  })

  it('want to be named for a swap', async () => {
    const { status, body } = await cluster.post('/api/swap', { model: BOTH })
    expect([status, body.error.code]).toEqual([409, 'SERVICE_AMBIGUOUS'])
    expect(body.error.message).toContain('llm, llm-2')
  })

  it('one swaps without a word to the other, which answers all the while', async () => {
    const before = cluster.commands().length
    const other = await engines('spark-2')
    const shown = await cluster.post<PlanView>('/api/swap?dry_run=true', {
      ...{ model: BOTH, service: 'llm' },
    })
    expect(shown.body.commands.map(({ host }) => host)).not.toContain('spark-2')
    expect(shown.body.holds.sort()).toEqual(['gpu:spark-1', 'llm'])
    expect(shown.body.running_requests).toBe(0)
    let job: JobView | undefined
    const swapping = cluster.ended(await swap(BOTH, 'llm')).then((ended) => {
      job = ended
    })
    for (let n = 0; !job || n < 3; n++) expect(await askFor(SMALL)).toBe(SMALL)
    await swapping
    expect(job).toMatchObject({ state: 'succeeded', result: { cut: 0 } })

    expect(changesOn('spark-2', before)).toEqual([])
    expect(changesOn('spark-1', before)).not.toEqual([])
    expect(await engines('spark-2')).toEqual(other)
    expect(await service('llm-2')).toMatchObject({ state: 'up', models: [SMALL] })
    expect(await askFor(BOTH)).toBe(BOTH)
  })

  it('one loads while the other hangs in its load: neither holds what the other needs', async () => {
    await cluster.setFaults('spark-1', { next_launch: 'hang' })
    const hanging = await swap(FIRST, 'llm')
    const other = await cluster.ended(await swap(BOTH, 'llm-2'))
    expect(other).toMatchObject({ state: 'succeeded', service: 'llm-2' })
    expect((await cluster.ask<JobView>(`/api/jobs/${hanging.id}`)).body.ended_at).toBeNull()
    await cluster.post(`/api/jobs/${hanging.id}/cancel`, {})
    expect(await cluster.ended(hanging)).toMatchObject({ state: 'cancelled' })
    expect((await engines('spark-2')).map((each) => each.split(' ')[0])).toEqual(['vllm_node_2'])
    expect(await engines('spark-1')).toEqual([])
    expect(await askFor(BOTH)).toBe(BOTH)
  })

  it('with one model on both, share its requests: those in flight on one go to the other', async () => {
    expect(await cluster.ended(await swap(BOTH, 'llm'))).toMatchObject({ state: 'succeeded' })
    await until(async () => (await service('llm')).models.includes(BOTH), 'the model on both')
    const answers = [await long(BOTH), await long(BOTH)]
    expect((await service('llm')).in_flight).toBe(1)
    expect((await service('llm-2')).in_flight).toBe(1)
    for (const answer of answers) answer.close()
  })
})

describe('an engine that is only watched, on a machine that others use', () => {
  let watching: TestCluster
  beforeAll(async () => {
    watching = await startTestCluster()
  })
  afterAll(() => watching?.close())

  const watched = async () => (await watching.ask<ServiceView>('/api/services/llm-2')).body
  const docker = (...args: string[]) => {
    const home = watching.sandbox.hosts.find(({ id }) => id === 'spark-2')?.home ?? ''
    return run(join(home, '..', 'bin', 'docker.real'), args)
  }

  it('is shown and routed, and offers nothing that would touch it', async () => {
    const { tile, ...view } = await watched()
    expect(view).toMatchObject({ state: 'up', models: [SMALL], has_logs: false })
    expect(tile.actions).toEqual([])
    const { body } = await watching.post('/api/services/llm-2/actions/unload', {})
    expect(body.error.code).toBe('SERVICE_UNMANAGED')
  })

  it('is seen to go, and not started again: on its machine it is looked at and no more', async () => {
    await docker('stop', '-t', '0', 'vllm_node_2')
    await until(async () => (await watched()).state === 'down', 'the end of the engine')
    const { body } = await watching.ask<{ data: { id: string; owned_by: string }[] }>('/v1/models')
    const ours = body.data.filter(({ owned_by }) => owned_by === 'vllm')
    expect(ours.map(({ id }) => id)).toEqual([FIRST])
    expect((await watching.containers('spark-2')).map(({ name }) => name)).toEqual([])
    const named = watching.commands().filter(({ args }) => args.includes('vllm_node_2'))
    expect(named.filter(({ args }) => args[0] !== 'inspect')).toEqual([])
  })
})
