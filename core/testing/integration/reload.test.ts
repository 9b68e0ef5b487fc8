import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EventView } from '../../events/event-view.ts'
import type { ControllerView, JobView, ServiceView } from '../../views.ts'
import { changesIn } from '../command-record.ts'
import { readEvents } from '../event-reader.ts'
import { spawnController } from '../spawn-controller.ts'
import { startTestCluster, type TestCluster, until } from '../test-cluster.ts'

const MODEL = 'Qwen/Qwen3.6-35B-A3B-FP8'

let cluster: TestCluster
let good: string

beforeAll(async () => {
  cluster = await startTestCluster({ topology: (yaml) => yaml })
  good = readFileSync(cluster.file, 'utf8')
})
afterAll(() => cluster?.close())

/** Saves as careful editors do: a new file takes the old one's place. */
function save(text: string): void {
  writeFileSync(`${cluster.file}.new`, text)
  renameSync(`${cluster.file}.new`, cluster.file)
}

const topology = async () => {
  const { body } = await cluster.ask<ControllerView>('/api')
  return body.topology
}
/** The engines; what else the sandbox has is not of interest here. */
const services = async () => {
  const { body } = await cluster.ask<{ services: ServiceView[] }>('/api/services')
  return body.services.filter(({ kind }) => kind === 'vllm')
}
const service = async (id: string) => (await services()).find((each) => each.id === id)

const isTopology = (state: string) => (event: EventView) =>
  event.type === 'controller' && event.controller.topology.state === state

/** Saves and waits until the controller has told everybody. */
async function saveAndSee(text: string, state: string): Promise<ControllerView['topology']> {
  const events = await cluster.events()
  save(text)
  await events.find(isTopology(state))
  events.close()
  return topology()
}

const chat = (tokens: number) =>
  readEvents(`${cluster.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      model: MODEL,
      messages: [{ role: 'user', content: 'Count.' }],
      stream: true,
      max_tokens: tokens,
      ignore_eos: true,
    }),
  })

describe('a bad edit', () => {
  it('changes nothing, and is shown with line and column on the stream and in the API', async () => {
    const before = await services()
    const commands = cluster.commands().length
    const bad = good.replace('    port:', '    prot:').replace('host: spark-2', 'host: sparc-2')
    const line = bad.slice(0, bad.indexOf('prot:')).split('\n').length
    const events = await cluster.events()
    save(bad)
    const told = await events.find(isTopology('last_good'))
    expect(told).toMatchObject({ controller: { topology: { state: 'last_good' } } })
    const shown = await cluster.ask<ControllerView['topology']>('/api/topology')
    expect(shown.body.state).toBe('last_good')
    const mistakes = shown.body.diagnostics
    expect(mistakes.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['services.llm.prot', 'services.llm-2.host']),
    )
    const typo = mistakes.find(({ path }) => path === 'services.llm.prot')
    expect(typo).toMatchObject({ line, column: 5, hint: expect.stringContaining('port') })
    const after = await services()
    expect(after.map(({ id, since }) => [id, since])).toEqual(
      before.map(({ id, since }) => [id, since]),
    )
    expect(changesIn(cluster.commands().slice(commands))).toEqual([])
    expect(events.isOpen).toBe(true)
    events.close()
  })

  it.each([
    ['that is no YAML', () => 'services: [', 1],
    ['that is empty', () => '', 1],
    [
      'with a service on a host that is not there',
      () => good.replace('host: spark-1', 'host: nowhere'),
      2,
    ],
  ])('%s changes nothing either', async (_, write) => {
    save(write())
    await until(async () => (await topology()).state === 'last_good', 'the diagnosis')
    expect((await topology()).diagnostics.length).toBeGreaterThan(0)
    expect((await services()).map(({ id }) => id)).toEqual(['llm', 'llm-2'])
    expect((await saveAndSee(good, 'current')).diagnostics).toEqual([])
  })

  it('that takes the file away changes nothing, and is told', async () => {
    renameSync(cluster.file, `${cluster.file}.gone`)
    await until(async () => {
      const [first] = (await topology()).diagnostics
      return first?.code === 'FILE_UNREADABLE'
    }, 'the diagnosis')
    expect((await services()).map(({ id }) => id)).toEqual(['llm', 'llm-2'])
    renameSync(`${cluster.file}.gone`, cluster.file)
    await until(async () => (await topology()).diagnostics.length === 0, 'a good file')
  })
})

describe('a good edit', () => {
  it('changes only what it touches; streams that are open stay open', async () => {
    const before = await service('llm')
    const events = await cluster.events()
    const answer = await chat(6_000)
    await answer.find(() => true)
    save(`${good}disabled: [llm-2]\n`)
    await events.find((event) => event.type === 'service-removed' && event.id === 'llm-2')
    expect(answer.isOpen).toBe(true)
    expect((await services()).map(({ id }) => id)).toEqual(['llm'])
    expect((await service('llm'))?.since).toBe(before?.since)
    await answer.find((data) => data === '[DONE]')
    expect(answer.events.length).toBeGreaterThan(100)
    await events.find((event) => event.type === 'service' && event.service.id === 'llm')
    expect(events.isOpen).toBe(true)
    expect(events.events.filter(({ data }) => data.type === 'snapshot')).toHaveLength(1)
    events.close()
  })

  it('that disables a service has its routes say so', async () => {
    for (const path of ['/api/services/llm-2', '/api/llm-2/card', '/api/services/llm-2/logs']) {
      const { status, body } = await cluster.ask(path)
      expect([path, status, body.error.code]).toEqual([path, 404, 'SERVICE_DISABLED'])
    }
    const { body } = await cluster.post('/api/unload', { service: 'llm-2' })
    expect(body.error.code).toBe('SERVICE_DISABLED')
    const models = await cluster.ask<{ data: { id: string; owned_by: string }[] }>('/v1/models')
    const ours = models.body.data.filter(({ owned_by }) => owned_by === 'vllm')
    expect(ours.map(({ id }) => id)).toEqual([MODEL])
    const small = await cluster.post('/v1/chat/completions', { model: 'Qwen/Qwen3-4B-FP8' })
    expect(small.status).toBe(404)
  })

  it('brings a service back, and gives another one an alias, and stops no model', async () => {
    const containers = await cluster.containers('spark-1')
    const commands = cluster.commands().length
    save(
      good.replace(
        '    nodes: [spark-1, spark-2]\n',
        '    nodes: [spark-1, spark-2]\n    serve_as: [default]\n',
      ),
    )
    await until(async () => {
      const found = await services()
      return found.length === 2 && found.every(({ state }) => state === 'up')
    }, 'two services that are up')
    expect((await services()).map(({ id }) => id)).toEqual(['llm', 'llm-2'])
    const { body } = await cluster.post('/v1/chat/completions', { model: 'default', messages: [] })
    expect(body.error).toMatchObject({
      code: 'model_not_loaded',
      message: expect.stringContaining('"default" stands for the loaded model'),
    })
    expect(await cluster.containers('spark-1')).toEqual(containers)
    expect(changesIn(cluster.commands().slice(commands))).toEqual([])
  })

  it('of a service with a running job waits for the job', async () => {
    const swap = await cluster.post<{ job: JobView }>('/api/swap', {
      model: 'nvidia/Gemma-4-26B-A4B-NVFP4',
    })
    expect(swap.status).toBe(202)
    await saveAndSee(good, 'current')
    expect((await service('llm'))?.is_pending).toBe(true)
    expect(await cluster.ended(swap.body.job)).toMatchObject({
      state: 'succeeded',
      input: { launch: { serve: expect.arrayContaining(['default']) } },
    })
    await until(async () => (await service('llm'))?.is_pending === false, 'the pending change')
    const { body } = await cluster.ask<{ topology: { services: { id: string }[] } }>(
      '/api/topology',
    )
    expect(JSON.stringify(body.topology)).not.toContain('"default"]')
  })

  it('of what the file refers to is read on SIGHUP', async () => {
    const portFile = join(cluster.dataDir, 'port')
    const port = cluster.sandbox.ports['llm-2']
    writeFileSync(portFile, String(port))
    await saveAndSee(good.replace(`port: ${port}`, `port: $\{file:${portFile}}`), 'current')
    await until(async () => (await service('llm-2'))?.state === 'up', 'llm-2 on its port')
    writeFileSync(portFile, '1')
    process.kill(cluster.controller.pid, 'SIGHUP')
    await until(async () => (await service('llm-2'))?.state === 'down', 'llm-2 on a dead port')
    expect((await service('llm'))?.state).toBe('up')
    await saveAndSee(good, 'current')
  })
})

describe('a start with a bad file', () => {
  const bad = () => good.replace('kind: vllm', 'kind: vlm')

  it('runs on the last good copy and says so', async () => {
    await cluster.controller.kill('SIGTERM')
    save(bad())
    await cluster.restart()
    expect(cluster.controller.output()).toContain('the last good copy is in force')
    expect(cluster.controller.output()).toMatch(
      /topology\.yaml:\d+:\d+ {2}services\.llm\.kind: is "vlm"/,
    )
    expect(await topology()).toMatchObject({ state: 'last_good' })
    await until(async () => (await service('llm'))?.state === 'up', 'a service that is up')
    expect((await saveAndSee(good, 'current')).diagnostics).toEqual([])
  })

  it('and without such a copy serves only the diagnosis, until the file is good', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'integration-'))
    const file = join(folder, 'topology.yaml')
    writeFileSync(file, bad())
    const args = [file, '--data', join(folder, 'data'), '--port', '0', '--host', '127.0.0.1']
    const controller = await spawnController(args)
    const ask = async (path: string) => {
      const reply = await fetch(controller.url + path)
      return { status: reply.status, body: await reply.json() }
    }
    try {
      expect(controller.output()).toContain('only the diagnosis is served')
      expect((await ask('/healthz')).body).toMatchObject({ status: 'ok', topology: 'none' })
      const { body } = await ask('/api/topology')
      expect(body).toMatchObject({
        state: 'none',
        topology: null,
        diagnostics: [{ path: 'services.llm.kind', hint: expect.stringContaining('vllm') }],
      })
      expect((await ask('/api/services')).body).toEqual({ services: [] })
      expect((await ask('/api/hosts')).body).toEqual({ hosts: [] })
      expect((await ask('/api/models')).status).toBe(404)
      expect((await ask('/api/llm/card')).status).toBe(404)
      expect((await ask('/v1/models')).body).toMatchObject({ data: [] })
      writeFileSync(file, good)
      await until(async () => (await ask('/api/services')).body.services.length >= 2, 'services')
      expect((await ask('/healthz')).body).toMatchObject({ topology: 'current' })
    } finally {
      await controller.kill('SIGTERM')
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
