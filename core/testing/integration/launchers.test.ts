import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import type { JobView, PlanView, ServiceView } from '../../views.ts'
import type { Recorded } from '../command-record.ts'
import { readEvents } from '../event-reader.ts'
import { startTestCluster, type TestCluster, until } from '../test-cluster.ts'
import { thorough } from '../thorough.ts'

const SMALL = 'Qwen/Qwen3-4B-FP8'
const GEMMA = 'nvidia/Gemma-4-26B-A4B-NVFP4'
const LARGE = 'Qwen/Qwen3.6-35B-A3B-FP8'
const WIDE = 'nvidia/Qwen3-235B-A22B-NVFP4'

interface Started {
  job: JobView
}

let cluster: TestCluster

/** Two engines in Docker on spark-2, beside one that is only watched; a plain program on spark-1. */
function topologyOf(yaml: string): string {
  const topology = parse(yaml)
  const { llm } = topology.services
  const docker = { kind: 'vllm', host: 'spark-2', launcher: 'docker' }
  const words = ['serve', '{model}', '--port', '{port}', '{args}']
  Object.assign(topology.services, {
    chat: { ...docker, port: llm.port + 2, gpus: [0], shm_size: '8g', env: { VLLM_SPEAK: 'it' } },
    code: { ...docker, port: llm.port + 3, gpus: [1] },
    own: {
      kind: 'vllm',
      host: 'spark-1',
      port: llm.port + 4,
      commands: { start: ['vllm', ...words] },
    },
    lost: {
      kind: 'vllm',
      host: 'spark-1',
      port: llm.port + 5,
      commands: { start: ['~/nowhere/vllm', ...words] },
    },
  })
  return stringify(topology)
}

beforeAll(async () => {
  cluster = await startTestCluster({ topology: topologyOf })
  await change(SMALL, { gpu_memory_utilization: 0.2 })
  await change(GEMMA, { gpu_memory_utilization: 0.4 })
  const { body } = await cluster.post<Started>('/api/unload', { service: 'llm' })
  expect(await cluster.ended(body.job)).toMatchObject({ state: 'succeeded' })
})
afterAll(() => cluster?.close())

/** Saves settings for a model: what it has, with these in their place. */
async function change(model: string, keys: object): Promise<void> {
  const { body } = await cluster.ask<{ models: { repo: string; recipe: object }[] }>('/api/models')
  const recipe = body.models.find(({ repo }) => repo === model)?.recipe
  const reply = await cluster.ask(`/api/models/${model.replace('/', '--')}/recipe`, {
    method: 'PUT',
    body: { ...recipe, ...keys },
  })
  expect(reply.status).toBe(200)
}

const swap = async (service: string, model: string): Promise<JobView> => {
  const reply = await cluster.post<Started>('/api/swap', { service, model })
  expect(reply, reply.text).toMatchObject({ status: 202 })
  return reply.body.job
}
const load = async (service: string, model: string) => {
  const job = await cluster.ended(await swap(service, model))
  expect(job.error).toBeUndefined()
  return job
}
const unload = async (service: string) => {
  const { body } = await cluster.post<Started>('/api/unload', { service })
  return cluster.ended(body.job)
}
const plan = async (service: string, model: string) =>
  (await cluster.post<PlanView>('/api/swap?dry_run=true', { service, model })).body
const served = async (service: string) =>
  (await cluster.ask<{ served: string[] }>(`/api/${service}/card`)).body.served
const stateOf = async (service: string) =>
  (await cluster.ask<ServiceView>(`/api/services/${service}`)).body.state
const containers = async () =>
  (await cluster.containers('spark-2')).filter(({ name }) => name.startsWith('sc-'))
const runsIn = (recorded: readonly Recorded[]) =>
  recorded.filter(({ tool, args: [verb] }) => tool === 'docker' && verb === 'run')
const homeOf = (host: string) => cluster.sandbox.hosts.find(({ id }) => id === host)?.home ?? ''
const runFile = () => join(homeOf('spark-1'), '.local/state/spark-control/own/run')
const leader = () => Number(/leader (\d+)/.exec(readFileSync(runFile(), 'utf8'))?.[1])
/** Every process of the engine's group that is not just a dead entry. */
const processesOf = (group: number): string[] =>
  execFileSync('ps', ['-eo', 'pgid=,stat=,args='], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => new RegExp(`^\\s*${group}\\s+[^Z]`).test(line))

/** The words a shell makes of a command that was shown, for the program `name` in it. */
function wordsOf(name: string, command: string, home: string): string[] {
  const script = `${name}() { printf '%s\\0' "$@"; }; timeout() { shift; "$@"; }; ${command}`
  const output = execFileSync('sh', ['-c', script], { env: { HOME: home }, encoding: 'utf8' })
  return output.split('\0').slice(0, -1)
}

describe('an engine started with docker', () => {
  it('is loaded by the very commands of its plan, and answers', async () => {
    const shown = await plan('chat', GEMMA)
    const before = cluster.commands().length
    const job = await load('chat', GEMMA)
    expect(job.result).toMatchObject({ self_check: { answered: true } })
    const [run, ...others] = runsIn(cluster.commands().slice(before))
    expect(others).toEqual([])
    expect(run?.host).toBe('spark-2')
    const command = shown.commands.at(-1)?.command ?? ''
    expect(run?.args).toEqual(wordsOf('docker', command, homeOf('spark-2')))
    expect(await served('chat')).toContain(GEMMA)
    expect(await containers()).toMatchObject([{ name: 'sc-chat', state: 'running' }])
    await until(async () => (await stateOf('chat')) === 'up', 'a service that is up')
    const { body } = await cluster.ask('/api/chat/card')
    expect(body).toMatchObject({ is_foreign: false, container: 'sc-chat' })
  })

  it('shows its log', async () => {
    const log = await readEvents<string | { line?: string }>(
      `${cluster.url}/api/services/chat/logs?tail=400`,
    )
    await log.find((data) => JSON.stringify(data).includes('Application startup complete'))
    log.close()
  })

  it('loads beside another one on the same machine, and neither touches the other', async () => {
    const [first] = await containers()
    const job = await swap('code', SMALL)
    // both at once: their GPUs are not the same
    const again = await swap('chat', SMALL)
    expect(await cluster.ended(job)).toMatchObject({ state: 'succeeded' })
    expect(await cluster.ended(again)).toMatchObject({ state: 'succeeded' })
    const both = await containers()
    expect(both.map(({ name }) => name).sort()).toEqual(['sc-chat', 'sc-code'])
    const code = both.find(({ name }) => name === 'sc-code')
    expect(both.map(({ id }) => id)).not.toContain(first?.id)

    expect(await unload('chat')).toMatchObject({ state: 'succeeded' })
    expect(await containers()).toEqual([code])
    expect(await served('code')).toContain(SMALL)
    expect(await stateOf('code')).toBe('up')
    const stops = cluster
      .commands()
      .filter(({ tool, args: [verb] }) => tool === 'docker' && verb === 'stop')
    expect(stops.filter(({ args }) => args.includes('sc-code'))).toEqual([])
  })

  it('that dies in the load tells its cause, and nothing of it stays', async () => {
    await cluster.setFaults('spark-2', { next_launch: 'oom' })
    const job = await cluster.ended(await swap('chat', GEMMA))
    expect(job).toMatchObject({ state: 'failed', error: { code: 'LOAD_FAILED' } })
    expect(job.error?.message).toMatch(/memory/)
    expect((await containers()).map(({ name }) => name)).toEqual(['sc-code'])
  })

  it('whose image is not on the machine is told so before anything is stopped', async () => {
    const before = await containers()
    await change(GEMMA, { image: 'vllm/nowhere:1' })
    const job = await cluster.ended(await swap('code', GEMMA))
    expect(job).toMatchObject({
      state: 'failed',
      error: { code: 'LAUNCH_FAILED', hint: expect.stringContaining('docker pull vllm/nowhere:1') },
    })
    await change(GEMMA, { image: undefined })
    expect(await containers()).toEqual(before)
    expect(await served('code')).toContain(SMALL)
  })

  it('is not started for a model that spans machines, and the reason is told', async () => {
    const reply = await cluster.post('/api/swap', { service: 'chat', model: WIDE })
    expect(reply).toMatchObject({ status: 409, body: { error: { code: 'MODEL_TOO_WIDE' } } })
  })

  it.each(['loading weights', 'starting', 'checking the answer'].slice(0, thorough(3, 1)))(
    'is taken over by the next controller when one is killed while %s',
    async (phase) => {
      await cluster.setFaults('spark-2', { next_launch: 'slow' })
      const before = runsIn(cluster.commands()).length
      const job = await swap('chat', GEMMA)
      await cluster.inPhase(job, phase)
      await cluster.kill()
      await cluster.restart()
      expect(await cluster.ended(job)).toMatchObject({ state: 'succeeded' })
      expect(runsIn(cluster.commands()).slice(before)).toHaveLength(1)
      expect((await containers()).map(({ name }) => name).sort()).toEqual(['sc-chat', 'sc-code'])
      expect(await unload('chat')).toMatchObject({ state: 'succeeded' })
    },
  )
})

describe('text that a shell would run', () => {
  const text = '$(touch canary)`touch canary`; touch canary'
  const canaries = () =>
    cluster.sandbox.hosts
      .flatMap(({ home }) => [
        join(home, 'canary'),
        join(home, '.local/state/spark-control/own/canary'),
      ])
      .filter((file) => existsSync(file))

  it('of a model’s settings comes to the engine in docker as one word', async () => {
    const [{ host } = { host: '' }] = runsIn(cluster.commands())
    await change(SMALL, { args: ['--hf-overrides', text] })
    await load('chat', SMALL)
    expect(runsIn(cluster.commands()).at(-1)).toMatchObject({
      host,
      args: expect.arrayContaining([text]),
    })
    expect(await unload('chat')).toMatchObject({ state: 'succeeded' })
    await change(SMALL, { args: undefined })
    expect(canaries()).toEqual([])
  })
})

describe('an engine that is a program of its own', () => {
  it('is loaded, answers, and is the process the plan said', async () => {
    const { commands } = await plan('own', LARGE)
    expect(commands.map(({ host }) => host)).toEqual(['spark-1', 'spark-1'])
    expect(commands[1]?.command).toContain(` -- own vllm serve ${LARGE} --port `)
    const job = await load('own', LARGE)
    expect(job.result).toMatchObject({ self_check: { answered: true } })
    const [, ...words] = /-- own (.*?) {2}#/.exec(commands[1]?.command ?? '')?.[1]?.split(' ') ?? []
    expect(processesOf(leader()).some((line) => line.endsWith(words.join(' ')))).toBe(true)
    expect(await served('own')).toContain(LARGE)
    await until(async () => (await stateOf('own')) === 'up', 'a service that is up')
    expect((await cluster.ask('/api/own/card')).body).toMatchObject({ is_foreign: false })
  })

  it('shows its log', async () => {
    const log = await readEvents(`${cluster.url}/api/services/own/logs?tail=400`)
    await log.find((data) => JSON.stringify(data).includes('Application startup complete'))
    log.close()
  })

  it('is unloaded for good', async () => {
    const group = leader()
    expect(await unload('own')).toMatchObject({
      state: 'succeeded',
      result: { stopped: ['spark-1'], freed_bytes: { 'spark-1': expect.any(Number) } },
    })
    expect(processesOf(group)).toEqual([])
    expect(existsSync(runFile())).toBe(false)
    await until(async () => (await stateOf('own')) === 'idle', 'an idle service')
  })

  it('that is not on the machine is told so before anything is started', async () => {
    const job = await cluster.ended(await swap('lost', LARGE))
    expect(job).toMatchObject({
      state: 'failed',
      error: { code: 'LAUNCHER_MISSING', message: 'there is no ~/nowhere/vllm on spark-1' },
    })
  })

  it('that dies in the load tells its cause, and no process stays', async () => {
    await cluster.setFaults('spark-1', { next_launch: 'oom' })
    const job = await cluster.ended(await swap('own', LARGE))
    expect(job).toMatchObject({ state: 'failed', error: { code: 'LOAD_FAILED' } })
    expect(job.error?.message).toMatch(/memory/)
    expect(existsSync(runFile())).toBe(false)
  })

  it.each(['loading weights', 'starting', 'checking the answer'].slice(0, thorough(3, 1)))(
    'is taken over by the next controller when one is killed while %s',
    async (phase) => {
      await cluster.setFaults('spark-1', { next_launch: 'slow' })
      const job = await swap('own', LARGE)
      await cluster.inPhase(job, phase)
      await cluster.kill()
      const before = existsSync(runFile()) ? leader() : undefined
      await cluster.restart()
      expect(await cluster.ended(job)).toMatchObject({ state: 'succeeded' })
      if (before !== undefined) expect(leader()).toBe(before)
      expect(processesOf(leader()).length).toBeGreaterThan(1)
      expect(await unload('own')).toMatchObject({ state: 'succeeded' })
    },
  )

  it('goes on when the connection is lost in the load', async () => {
    await cluster.setFaults('spark-1', { next_launch: 'slow' })
    const job = await swap('own', LARGE)
    await cluster.inPhase(job, 'loading weights')
    const before = leader()
    await cluster.setFaults('spark-1', { ssh: 'drop' })
    expect(await cluster.ended(job)).toMatchObject({ state: 'succeeded' })
    expect(leader()).toBe(before)
    expect(await unload('own')).toMatchObject({ state: 'succeeded' })
  })

  it('that is cancelled leaves no process', async () => {
    await cluster.setFaults('spark-1', { next_launch: 'hang' })
    const job = await swap('own', LARGE)
    await cluster.inPhase(job, 'loading weights')
    const group = leader()
    await cluster.post(`/api/jobs/${job.id}/cancel`, {})
    expect(await cluster.ended(job)).toMatchObject({ state: 'cancelled' })
    expect(processesOf(group)).toEqual([])
  })
})
