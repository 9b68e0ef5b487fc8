import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { plantModel } from '../../../sandbox/models/cache.ts'
import { CATALOG } from '../../../sandbox/models/catalog.ts'
import type { HostView, ServiceView } from '../../views.ts'
import { startTestCluster, type TestCluster, until } from '../test-cluster.ts'

interface Models {
  models: {
    repo: string
    state: string
    hosts: { host: string; stale: boolean; scanned_at: string }[]
    running: { service: string }[]
  }[]
  errors: { host: string; message: string }[]
}

let cluster: TestCluster

beforeAll(async () => {
  cluster = await startTestCluster()
})
afterAll(() => cluster?.close())

const models = async () => (await cluster.ask<Models>('/api/models')).body
const modelOf = async (repo: string) => (await models()).models.find((model) => model.repo === repo)
const service = async (id: string) => (await cluster.ask<ServiceView>(`/api/services/${id}`)).body
const rescan = () => cluster.post('/api/models/rescan')

describe('a simulated cluster', () => {
  it.each([
    ['GET', '/healthz', 200],
    ['GET', '/metrics', 200],
    ['GET', '/api', 200],
    ['GET', '/api/openapi.json', 200],
    ['GET', '/api/models', 200],
    ['GET', '/api/hosts/nobody', 404],
    ['GET', '/nowhere/at/all.txt', 404],
    ['GET', '/v1/models', 200],
    ['POST', '/v1/chat/completions', 404, { model: 'Nobody/Nothing', messages: [] }],
    [
      'POST',
      '/v1/chat/completions',
      200,
      { model: 'Qwen/Qwen3-4B-FP8', messages: [{ role: 'user', content: 'Hi' }] },
    ],
    ['POST', '/v1/chat/completions', 400, { model: 'Qwen/Qwen3-4B-FP8', messages: [] }],
    ['POST', '/api/swap', 400, { model: '$(reboot)' }],
    ['POST', '/api/swap', 404, { model: 'Nobody/Nothing' }],
    ['POST', '/api/swap', 400, '{'],
  ])('says so on every answer: %s %s → %i', async (method, path, status, body?: unknown) => {
    const reply = await cluster.ask(path, { method, ...(body !== undefined && { body }) })
    expect([reply.status, reply.headers.get('x-spark-control-simulated')]).toEqual([status, 'true'])
  })

  it('says so on refusals, streams and what it tells of itself', async () => {
    const foreign = await cluster.post('/api/swap', {}, { 'sec-fetch-site': 'cross-site' })
    expect(foreign.status).toBe(403)
    expect(foreign.headers.get('x-spark-control-simulated')).toBe('true')
    const leaving = new AbortController()
    const stream = await fetch(`${cluster.url}/api/events`, { signal: leaving.signal })
    expect(stream.headers.get('x-spark-control-simulated')).toBe('true')
    leaving.abort()
    expect((await cluster.ask('/healthz')).body).toMatchObject({ simulated: true })
    expect((await cluster.ask('/api')).body).toMatchObject({ is_simulated: true })
  })

  it('starts with a model that serves, a wide one, a partial one and one that needs set-up', async () => {
    const found = await models()
    const states = Object.fromEntries(found.models.map(({ repo, state }) => [repo, state]))
    expect(states).toMatchObject({
      'Qwen/Qwen3.6-35B-A3B-FP8': 'ready',
      'nvidia/Qwen3-235B-A22B-NVFP4': 'ready',
      'Qwen/Qwen3-Coder-Next-FP8': 'partial',
      'fjordlight/Skald-14B-Instruct': 'needs_setup',
      'fjordlight/Skald-14B-Instruct-GGUF': 'unsupported',
    })
    expect((await modelOf('Qwen/Qwen3.6-35B-A3B-FP8'))?.running).toMatchObject([{ service: 'llm' }])
    expect(found.errors).toEqual([])
  })

  it('shows a model that was planted by writing files, after the next scan', async () => {
    const hub = join(cluster.sandbox.hosts[0]?.home ?? '', '.cache', 'huggingface', 'hub')
    expect((await modelOf('Qwen/Qwen3-4B-FP8'))?.state).toBe('partial')
    plantModel(hub, CATALOG.qwen3Small)
    plantModel(hub, { ...CATALOG.qwen3Small, repo: 'Planted/By-Hand-4B' })
    expect((await rescan()).status).toBe(200)
    expect(await modelOf('Qwen/Qwen3-4B-FP8')).toMatchObject({
      state: 'ready',
      hosts: [{ host: 'spark-1' }, { host: 'spark-2' }],
    })
    expect(await modelOf('Planted/By-Hand-4B')).toMatchObject({ state: 'needs_setup' })
    const { body } = await cluster.ask('/api/models/suggest?repo=Planted/By-Hand-4B')
    expect(body).toMatchObject({ repo: 'Planted/By-Hand-4B', recipe: { tensor_parallel: 1 } })
  })
})

describe('a host that went down', () => {
  const repo = 'nvidia/Qwen3-235B-A22B-NVFP4'

  it('keeps its models listed from the last scan, marked stale, and says why', async () => {
    const before = await modelOf(repo)
    await cluster.setFaults('spark-1', { ssh: 'refuse' })
    await rescan()
    const { errors } = await models()
    expect(errors).toEqual([
      {
        host: 'spark-1',
        message: expect.stringMatching(/spark-1 is there, but nothing listens/),
      },
    ])
    const after = await modelOf(repo)
    expect(after?.state).toBe('ready')
    expect(after?.hosts.map(({ host, stale }) => [host, stale])).toEqual([
      ['spark-1', true],
      ['spark-2', false],
    ])
    expect(after?.hosts[0]?.scanned_at).toBe(before?.hosts[0]?.scanned_at)
    expect(await modelOf('fjordlight/Skald-14B-Instruct')).toMatchObject({
      state: 'needs_setup',
      hosts: [{ host: 'spark-1', stale: true }],
    })
  })

  it('is shown as unreachable, and the other one as it is', async () => {
    const state = async (id: string) => (await cluster.ask<HostView>(`/api/hosts/${id}`)).body.state
    await until(async () => (await state('spark-1')) === 'unreachable', 'an unreachable host')
    expect(await state('spark-2')).toBe('ok')
  })

  it('leaves what it serves up, as long as that answers', async () => {
    expect(await service('llm')).toMatchObject({
      state: 'up',
      models: ['Qwen/Qwen3.6-35B-A3B-FP8'],
    })
  })

  it('makes its service unknown with when it was last seen, never "nothing running"', async () => {
    const events = await cluster.events()
    await cluster.setFaults('spark-1', { ssh: 'refuse', http: 'refuse' })
    await until(async () => (await service('llm')).state !== 'up', 'a service that is not up')
    await events.find(
      (event) =>
        event.type === 'service' && event.service.id === 'llm' && event.service.state === 'unknown',
    )
    const lost = await service('llm')
    expect(lost.state).toBe('unknown')
    expect(lost.reason).toBeTruthy()
    expect(Date.parse(lost.last_seen_at ?? '')).toBeGreaterThan(0)
    expect(lost.models).toEqual(['Qwen/Qwen3.6-35B-A3B-FP8'])
    expect((await modelOf('Qwen/Qwen3.6-35B-A3B-FP8'))?.running).toMatchObject([{ service: 'llm' }])
    const told = events.events.flatMap(({ data }) =>
      data.type === 'service' && data.service.id === 'llm' ? data.service.state : [],
    )
    expect(told).not.toContain('idle')
    expect(await service('llm-2')).toMatchObject({ state: 'up' })
    events.close()
  })

  it('is found again by itself', async () => {
    await cluster.setFaults('spark-1', {})
    await until(async () => (await service('llm')).state === 'up', 'a service that is up')
    await until(async () => {
      await rescan()
      return (await models()).errors.length === 0
    }, 'a scan without errors')
    expect((await modelOf(repo))?.hosts.some(({ stale }) => stale)).toBe(false)
  })
})
