import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { keepKeyPair } from '../../../core/hosts/key-pair.ts'
import { listenOnLoopback } from '../../../core/hosts/testing/listen.ts'
import { ask, trust } from '../../../core/testing/real/ask.ts'
import {
  missingParts,
  type RealCluster,
  startRealCluster,
} from '../../../core/testing/real/cluster.ts'
import { describeWhere } from '../../../core/testing/real/describe-where.ts'
import { type SpawnedController, spawnController } from '../../../core/testing/spawn-controller.ts'
import type { JobView } from '../../../core/views.ts'
import { plantModel } from '../testing/plant.ts'
import {
  ENGINE_IMAGE,
  installDocker,
  installEngine,
  installLauncher,
} from '../testing/real/parts.ts'
import type { ModelsView } from '../views.ts'

const SOLO = 'Qwen/Qwen3-8B'
const PAIR = 'nvidia/Qwen3-235B-A22B-NVFP4'
const FAILING = 'acme/Big-OOM-7B'
const PARTIAL = 'acme/Half-There'

const CONFIG = JSON.stringify({ architectures: ['Qwen3ForCausalLM'], model_type: 'qwen3' })
const WEIGHTS = {
  'config.json': CONFIG,
  'chat_template.jinja': '{{ messages }}',
  'model-00001-of-00002.safetensors': 3_000_000,
  'model-00002-of-00002.safetensors': 2_000_000,
}

describeWhere(missingParts(), 'swaps on two real hosts, through the API alone', () => {
  let dataDir: string
  let cluster: RealCluster
  let controller: SpawnedController
  let args: string[]

  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'swap-real-'))
    const { publicKey } = keepKeyPair(dataDir)
    cluster = await startRealCluster({ authorizedKeys: [publicKey], image: ENGINE_IMAGE })
    const [first, second] = cluster.hosts
    const hubOf = ({ home }: { home: string }) => join(home, '.cache/huggingface/hub')
    installLauncher(first.home)
    installEngine(first.home)
    installDocker(join(first.home, '../bin'))
    plantModel(hubOf(first), SOLO, WEIGHTS)
    plantModel(hubOf(first), PAIR, WEIGHTS)
    plantModel(hubOf(second), PAIR, WEIGHTS)
    plantModel(hubOf(first), FAILING, WEIGHTS)
    plantModel(hubOf(second), PARTIAL, WEIGHTS, { dangling: ['model-00002-of-00002.safetensors'] })
    const file = join(dataDir, 'topology.yaml')
    const ports = [await freePort(), await freePort(), await freePort()]
    writeFileSync(file, topologyOf(cluster, ports))
    args = [file, '--data', dataDir, '--host', '127.0.0.1', '--port', '0']
    controller = await spawnController(args)
  })
  afterAll(async () => {
    await controller?.kill('SIGTERM')
    await cluster?.close()
    if (dataDir) rmSync(dataDir, { recursive: true, force: true })
  })

  /** Starts a job and waits for its end. */
  async function finish(path: string, body: unknown): Promise<JobView> {
    const started = await ask<{ job: JobView }>(controller, path, body)
    expect(started).toMatchObject({ status: 202, body: { unchanged: false } })
    for (;;) {
      const { body: job } = await ask<JobView>(
        controller,
        `/api/jobs/${started.body.job.id}?wait=60`,
      )
      if (job.ended_at !== null) return job
    }
  }

  const containers = () =>
    Promise.all(cluster.hosts.map((host) => host.docker('ps', '-a', '--format', '{{.Names}}')))

  const chat = (model: string) =>
    fetch(`${controller.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        model,
        stream: true,
        messages: [{ role: 'user', content: 'Where?' }],
      }),
    })

  it('hosts are polled as soon as their keys are trusted', async () => {
    for (const host of cluster.hosts) {
      const trusted = await trust(controller, host)
      expect(trusted).toMatchObject({ status: 200, body: { state: 'ok' } })
    }
  })

  it('a scan finds what lies on the disks of both', async () => {
    const { body } = await ask<ModelsView>(controller, '/api/models/rescan', {})
    expect(body.errors).toEqual([])
    const found = body.models.map(({ repo, state, mode, hosts }) => [
      repo,
      state,
      mode,
      hosts.map(({ host }) => host),
    ])
    expect(found.toSorted()).toEqual([
      [SOLO, 'ready', 'solo', ['spark-1']],
      [FAILING, 'needs_setup', null, ['spark-1']],
      [PARTIAL, 'partial', null, ['spark-2']],
      [PAIR, 'ready', 'cluster', ['spark-1', 'spark-2']],
    ])
  })

  it('a swap loads a model on one host, and it answers through /v1', async () => {
    const job = await finish('/api/swap', { model: SOLO })
    expect(job).toMatchObject({
      state: 'succeeded',
      result: {
        self_check: { answered: true, text: 'We live on Earth.', tool_call: { passed: true } },
      },
    })
    expect(job.phases.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['loading weights', 'opening port']),
    )
    expect(await containers()).toEqual(['vllm_node', ''])
    const reply = await chat(SOLO)
    expect(reply.status).toBe(200)
    expect(await reply.text()).toMatch(/ Earth"[\s\S]*data: \[DONE\]\n\n$/)
  })

  it('the same swap again changes nothing', async () => {
    expect(await ask(controller, '/api/swap', { model: SOLO })).toEqual({
      status: 200,
      body: { job: null, unchanged: true },
    })
  })

  it('a swap to a model of two hosts starts a worker on the second, and it answers', async () => {
    const job = await finish('/api/swap', { model: PAIR })
    expect(job).toMatchObject({ state: 'succeeded', result: { self_check: { answered: true } } })
    expect(await containers()).toEqual(['vllm_node', 'vllm_node'])
    const [, second] = cluster.hosts
    expect(await second.docker('top', 'vllm_node', '-eo', 'pid,args')).toMatch(
      /vllm serve .*--headless/,
    )
    expect(await (await chat(PAIR)).text()).toContain('data: [DONE]')
    expect(
      await ask(controller, `/v1/chat/completions`, { model: SOLO, messages: [] }),
    ).toMatchObject({
      status: 404,
      body: { error: { code: 'model_not_loaded' } },
    })
  })

  it('a swap to a model that needs set-up is refused before anything is stopped', async () => {
    expect(await ask(controller, '/api/swap', { model: FAILING })).toMatchObject({ status: 409 })
    expect(await containers()).toEqual(['vllm_node', 'vllm_node'])
  })

  it('a swap whose engine dies fails with the cause of its log, and leaves nothing running', async () => {
    const recipe = {
      repo: FAILING,
      title: 'Big',
      nodes: 1,
      tensor_parallel: 1,
      gpu_memory_utilization: 0.8,
    }
    const saved = await ask(
      controller,
      `/api/models/${FAILING.replace('/', '--')}/recipe`,
      recipe,
      'PUT',
    )
    expect(saved).toMatchObject({ status: 200 })
    const job = await finish('/api/swap', { model: FAILING })
    expect(job).toMatchObject({
      state: 'failed',
      error: {
        code: 'LOAD_FAILED',
        message: expect.stringContaining('the GPU ran out of memory'),
      },
    })
    expect(job.error?.log_tail.join('\n')).toContain('CUDA out of memory. Tried to allocate')
    expect(await containers()).toEqual(['', ''])
  })

  it('an unload ends what serves, for good', async () => {
    expect(await finish('/api/swap', { model: SOLO })).toMatchObject({ state: 'succeeded' })
    expect(await finish('/api/unload', {})).toMatchObject({ state: 'succeeded' })
    expect(await containers()).toEqual(['', ''])
    expect(await ask(controller, '/api/unload', {})).toEqual({
      status: 200,
      body: { job: null, unchanged: true },
    })
  })

  it('a swap by docker runs a container of its own, which an unload removes', async () => {
    const [{ docker }] = cluster.hosts
    const job = await finish('/api/swap', { service: 'chat', model: SOLO })
    expect(job).toMatchObject({ state: 'succeeded', result: { self_check: { answered: true } } })
    expect(await containers()).toEqual(['sc-chat', ''])
    const format =
      '{{index .Config.Labels "spark-control.service"}} {{.HostConfig.AutoRemove}} {{.HostConfig.ShmSize}}'
    expect(await docker('inspect', '--format', format, 'sc-chat')).toBe(
      `chat false ${64 * 2 ** 20}`,
    )
    expect(await (await chat(SOLO)).text()).toContain('data: [DONE]')
    expect(await finish('/api/unload', { service: 'chat' })).toMatchObject({ state: 'succeeded' })
    expect(await containers()).toEqual(['', ''])
  })

  it('an engine in docker that dies tells its cause from a log that is still there', async () => {
    const job = await finish('/api/swap', { service: 'chat', model: FAILING })
    expect(job).toMatchObject({
      state: 'failed',
      error: { message: expect.stringContaining('the GPU ran out of memory') },
    })
    expect(await containers()).toEqual(['', ''])
  })

  it('a program without a container outlives its controller, and an unload ends it', async () => {
    const [{ home }] = cluster.hosts
    const job = await finish('/api/swap', { service: 'own', model: SOLO })
    expect(job).toMatchObject({ state: 'succeeded', result: { self_check: { answered: true } } })
    const run = join(home, '.local/state/spark-control/own/run')
    const before = readFileSync(run, 'utf8')
    const engine = Number(/engine (\d+)/.exec(before)?.[1])

    await controller.kill('SIGKILL')
    controller = await spawnController(args)
    await vi.waitFor(
      async () => {
        const { body } = await ask<{ served: string[]; is_foreign: boolean }>(
          controller,
          '/api/own/card',
        )
        expect(body).toMatchObject({ served: [SOLO], is_foreign: false })
      },
      { timeout: 20_000, interval: 200 },
    )
    expect(readFileSync(run, 'utf8')).toBe(before)
    expect(await (await chat(SOLO)).text()).toContain('data: [DONE]')
    expect(await finish('/api/unload', { service: 'own' })).toMatchObject({ state: 'succeeded' })
    expect(() => process.kill(engine, 0)).toThrow(/ESRCH/)
    expect(existsSync(run)).toBe(false)
  })
})

async function freePort(): Promise<number> {
  const { port, close } = await listenOnLoopback(createServer())
  await close()
  return port
}

function topologyOf({ hosts }: RealCluster, [llm, chat, own]: number[]): string {
  const entries = hosts.map(
    ({ id, address, sshPort, user }) =>
      `  ${id}: { address: ${address}, fabric: ${address}, user: ${user}, ssh: { port: ${sshPort} } }\n`,
  )
  return `cluster: real
hosts:
${entries.join('')}services:
  llm:
    { kind: vllm, host: spark-1, port: ${llm}, nodes: [spark-1, spark-2], launcher: launch-cluster, default: true }
  chat:
    { kind: vllm, host: spark-1, port: ${chat}, launcher: docker, image: vllm-node, gpus: [0], shm_size: 64m }
  own:
    { kind: vllm, host: spark-1, port: ${own}, commands: { start: [vllm, serve, "{model}", --port, "{port}", "{args}"] } }
`
}
