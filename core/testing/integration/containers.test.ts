import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ContainerView } from '../../containers/container-view.ts'
import type { HostContainersView } from '../../containers/on-host/host-containers.ts'
import type { JobView, PlanView, ServiceView } from '../../views.ts'
import { readEvents } from '../event-reader.ts'
import { startTestCluster, type TestCluster, until } from '../test-cluster.ts'

let cluster: TestCluster
beforeAll(async () => {
  cluster = await startTestCluster()
})
afterAll(() => cluster?.close())

const BASE = '/api/services/board/containers'
const one = async () => {
  const { body } = await cluster.ask<{ containers: ContainerView[]; is_managed: boolean }>(BASE)
  return body.containers[0] as ContainerView
}
const act = (verb: string, query = '', headers = {}) =>
  cluster.post<{ job: JobView; unchanged?: boolean }>(`${BASE}/board/${verb}${query}`, {}, headers)
const board = async () => (await cluster.ask<ServiceView>('/api/services/board')).body
/** As somebody does on the machine itself. */
const docker = async (...words: string[]) => {
  const home = cluster.sandbox.hosts.find(({ id }) => id === 'spark-2')?.home ?? ''
  await promisify(execFile)(join(home, '..', 'bin', 'docker.real'), words)
}
const restartByHand = () => docker('restart', 'board')
const done = async (verb: string) => {
  const { status, body } = await act(verb)
  expect(status).toBe(202)
  return cluster.ended(body.job)
}

describe('a container of a service', () => {
  it('is listed with its state, its memory and since when it runs', async () => {
    expect(await one()).toMatchObject({
      ...{ name: 'board', host: 'spark-2', state: 'running', health: 'healthy' },
      ...{ image: 'notice-board:1.4', exit_code: null, memory_bytes: 180 * 1024 ** 2 },
    })
    expect(await board()).toMatchObject({ state: 'up', has_containers: true })
  })

  it('is stopped after a plan that says what stops and what is freed, and makes sure of it', async () => {
    const plan = (await cluster.post<PlanView>(`${BASE}/board/stop?dry_run=true`, {})).body
    expect(plan).toMatchObject({
      title: 'Stop board on spark-2?',
      commands: [{ host: 'spark-2', command: 'docker stop board' }],
      stops: ['board does not answer from now on, until it is started again.'],
      holds: ['board'],
    })
    expect(plan.consequence).toContain('This frees about 189 MB of memory on spark-2.')
    const refused = await act('stop', '', { 'x-plan-digest': 'another' })
    expect(refused.status).toBe(409)
    expect(await done('stop')).toMatchObject({ state: 'succeeded' })
    expect(await one()).toMatchObject({ state: 'stopped', memory_bytes: null })
    await until(async () => (await board()).state === 'idle', 'the tile')
    expect((await act('stop')).body).toMatchObject({ unchanged: true })
  })

  it('is started, waited for until its service answers, and remembers how long that took', async () => {
    const { state, phases } = await done('start')
    expect(state).toBe('succeeded')
    expect(phases.map(({ name }) => name)).toContain('waiting until it answers')
    await until(async () => (await board()).state === 'up', 'the tile')
    await done('restart')
    const plan = (await cluster.post<PlanView>(`${BASE}/board/restart?dry_run=true`, {})).body
    expect(plan.last_seconds).toBeGreaterThan(0)
    expect(plan.stops[0]).toContain('(last time ')
  })

  it('has its log streamed, the last lines or all that comes', async () => {
    const { text } = await cluster.ask(`${BASE}/board/logs?tail=1`)
    expect(text.match(/^event: line$/gm)).toHaveLength(1)
    expect(text).toContain('event: end')
    const reader = await readEvents<{ text?: string }>(
      `${cluster.url}${BASE}/board/logs?tail=0&follow`,
    )
    await until(async () => {
      await fetch(`http://127.0.0.1:${cluster.sandbox.ports.services.board}/followed`)
      return reader.events.some(({ data }) => data.text === 'GET /followed 404')
    }, 'a line that was written meanwhile')
    reader.close()
    const wrong = await cluster.ask(`${BASE}/board/logs?tail=many`)
    expect(wrong).toMatchObject({ status: 400, body: { error: { code: 'VALIDATION' } } })
  })

  it('that restarts within a moment is on the event stream as it goes and as it comes', async () => {
    const events = await cluster.events()
    await restartByHand()
    const change = (from: string, to: string) =>
      events.find(
        (event) =>
          event.type === 'container-changed' &&
          event.change.from === from &&
          event.change.to === to,
      )
    await change('running', 'stopped')
    await change('stopped', 'running')
    events.close()
  })

  it('fails in words of its own when docker does not do it', async () => {
    await cluster.setFaults('spark-2', { docker: 'stuck' })
    const stuck = await done('stop')
    expect(stuck).toMatchObject({ state: 'failed', error: { code: 'CONTAINERS_FAILED' } })
    await cluster.setFaults('spark-2', { docker: 'denied' })
    expect((await act('stop')).body).toMatchObject({ error: { code: 'CONTAINERS_DENIED' } })
    expect(await one()).toMatchObject({ state: 'unknown', error: { code: 'CONTAINERS_DENIED' } })
    await cluster.setFaults('spark-2', { docker: 'down' })
    expect((await act('restart')).body).toMatchObject({ error: { code: 'CONTAINERS_DOWN' } })
    await cluster.setFaults('spark-2', {})
    expect(await one()).toMatchObject({ state: 'running' })
  })

  it('is done after a controller that was killed meanwhile, once', async () => {
    const before = await one()
    const { body } = await act('restart')
    await cluster.kill()
    await cluster.restart()
    expect(await cluster.ended(body.job)).toMatchObject({ state: 'succeeded' })
    expect((await one()).started_at).not.toBe(before.started_at)
    await until(async () => (await board()).state === 'up', 'the tile')
  })

  it('is not acted on while somebody has reserved it, nor one of another kind', async () => {
    const lock = await cluster.post<{ token: string }>('/api/coordination/lock', {
      ...{ owner: 'crm', resource: 'board', ttl_s: 600 },
    })
    expect(lock.status).toBeLessThan(300)
    expect((await act('restart')).body).toMatchObject({ error: { code: 'LEASE_HELD' } })
    const mine = await act('restart', '', { 'x-lock-token': lock.body.token })
    expect(mine.status).toBe(202)
    await cluster.ended(mine.body.job)
    const engine = await cluster.post('/api/services/llm-2/containers/vllm_node_2/stop', {})
    expect(engine).toMatchObject({ status: 409, body: { error: { code: 'SERVICE_UNMANAGED' } } })
    const nobody = await cluster.post(`${BASE}/nobody/stop`, {})
    expect(nobody).toMatchObject({ status: 404, body: { error: { code: 'CONTAINER_UNKNOWN' } } })
    const { body } = await cluster.ask<{ entries: { title: string }[] }>('/api/audit')
    expect(JSON.stringify(body)).toContain('Restart board on spark-2')
  })
})

describe('a host', () => {
  const look = async () =>
    (await cluster.ask<HostContainersView>('/api/hosts/spark-2/containers')).body

  it('shows what runs on it, the one with most memory first', async () => {
    const { containers } = await look()
    const bytes = containers.map(({ memory_bytes }) => memory_bytes ?? 0)
    expect(containers.map(({ name }) => name)).toContain('board')
    expect(bytes.toSorted((a, b) => b - a)).toEqual(bytes)
    expect(bytes[0]).toBeGreaterThan(1e9)
  })

  it('shows whether an engine starts from the same image as elsewhere', async () => {
    const [image] = (await look()).images
    expect(image).toMatchObject({
      ...{ image: 'vllm-node', services: ['llm'], verdict: 'same', text: 'same on both hosts' },
      ...{ id: expect.stringMatching(/^[0-9a-f]{12}$/), created_at: '2026-10-02T08:14:51.000Z' },
    })
    await docker('tag', 'vllm-node-tf5', 'vllm-node')
    await until(async () => (await look()).images[0]?.verdict === 'differs', 'the other image')
    expect((await look()).images[0]?.text).toMatch(
      /^differs: spark-1 has [0-9a-f]{12}, .* old; spark-2 has [0-9a-f]{12}, .* old$/,
    )
  })

  it('that cannot be asked says why', async () => {
    await cluster.setFaults('spark-2', { docker: 'denied' })
    await until(
      async () => (await cluster.ask('/api/hosts/spark-2/containers')).status !== 200,
      'the refusal',
    )
    expect((await cluster.ask('/api/hosts/spark-2/containers')).body).toMatchObject({
      error: { code: 'CONTAINERS_DENIED' },
    })
    await cluster.setFaults('spark-2', {})
  })
})
