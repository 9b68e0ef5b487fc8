import { describe, expect, it } from 'vitest'
import { ControlError } from '#core'
import { kept } from './kept.ts'
import { isForeign, probeEngine } from './probe.ts'
import { cardOf } from './running.ts'
import { servedBy } from './served.ts'
import { createFakeCluster, type FakeCluster } from './testing/fake-cluster.ts'
import { createFakeService, type FakeServiceOptions, fakeJobView } from './testing/fake-service.ts'

const signal = new AbortController().signal
const serving = () => {
  const cluster = createFakeCluster()
  cluster.faults.loadMs = 0
  cluster.start('spark-1', 'vllm serve Org/Old')
  return cluster
}
const probe = async (cluster: FakeCluster, options: FakeServiceOptions = {}) => {
  const service = createFakeService(cluster, options)
  return { service, health: await probeEngine(service, signal) }
}

describe('a probe', () => {
  it('of an engine that serves says what, since when, with its figures', async () => {
    const cluster = serving()
    const { service, health } = await probe(cluster)
    expect(health).toMatchObject({ state: 'up', figures: { model: 'Org/Old', running: 2 } })
    expect(cardOf(service)).toMatchObject({
      served: ['Org/Old'],
      since: '2026-11-24T12:00:00.000Z',
      max_model_len: 4096,
    })
  })

  it('of an engine someone else started shows it running and says so', async () => {
    const { service, health } = await probe(serving())
    expect(health.figures?.started_by).toBe('someone else')
    expect(isForeign(servedBy(service))).toBe(true)
  })

  it('of an engine started from here does not', async () => {
    const cluster = serving()
    const service = createFakeService(cluster)
    kept(service.store).setLaunched({ 'spark-1': cluster.containers.get('spark-1')?.id ?? '' })
    expect((await probeEngine(service, signal)).figures).not.toHaveProperty('started_by')
  })

  it('of an engine that carries the service’s label knows it as its own, whatever was kept', async () => {
    const cluster = serving()
    Object.assign(cluster.containers.get('spark-1') ?? {}, { owner: 'llm' })
    const { service, health } = await probe(cluster)
    expect(health.figures).not.toHaveProperty('started_by')
    expect(isForeign(servedBy(service))).toBe(false)
  })

  it('after a restart of the controller looks anew at who started it, and when', async () => {
    const cluster = serving()
    const service = createFakeService(cluster)
    kept(service.store).setLaunched({ 'spark-1': cluster.containers.get('spark-1')?.id ?? '' })
    await probeEngine(service, signal)
    expect(isForeign(servedBy(service))).toBe(false)
    cluster.clock.advance(3_600_000)
    cluster.containers.clear()
    cluster.start('spark-1', 'vllm serve Org/Old')
    const next = await probe(cluster, { store: service.store })
    expect(cardOf(next.service).since).toBe('2026-11-24T13:00:00.000Z')
    expect(isForeign(servedBy(next.service))).toBe(true)
  })

  it('with no container is idle, not down', async () => {
    const { health, service } = await probe(createFakeCluster())
    expect(health).toEqual({ state: 'idle', reason: 'no model is loaded' })
    expect(servedBy(service).get()).toBeNull()
  })

  it('of a container that loads is starting', async () => {
    const cluster = createFakeCluster()
    cluster.start('spark-1', 'vllm serve Org/Old')
    expect((await probe(cluster)).health.state).toBe('starting')
  })

  it('during a swap is starting with phase and percent', async () => {
    const active = [fakeJobView({ phase: 'loading weights', percent: 42 })]
    const { health } = await probe(createFakeCluster(), { active })
    expect(health).toEqual({ state: 'starting', reason: 'loading weights, 42 %' })
  })

  it('of a container whose engine has ended is down, with the way out', async () => {
    const cluster = createFakeCluster()
    cluster.start('spark-1', 'vllm serve Org/Old')
    cluster.faults.dies = { afterMs: 0, log: [] }
    const { health } = await probe(cluster)
    expect(health.state).toBe('down')
    expect(health.reason).toMatch(/unload, then load again/)
  })

  it('of an engine that has ended quotes the cause its log names, read once', async () => {
    const cluster = createFakeCluster()
    cluster.start('spark-1', 'vllm serve Org/Old')
    cluster.faults.dies = {
      afterMs: 0,
      log: ['torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB.'],
    }
    const { health, service } = await probe(cluster)
    expect(health.reason).toMatch(/has ended: the GPU ran out of memory; unload.*Lower/)
    const tails = () => cluster.commands.filter((command) => / logs /.test(command)).length
    const before = tails()
    expect((await probeEngine(service, signal)).reason).toBe(health.reason)
    expect(tails()).toBe(before)
  })

  it('that answers late is busy and keeps what was served', async () => {
    const cluster = serving()
    const { service } = await probe(cluster)
    cluster.upstream.request = async () => {
      throw new ControlError('UPSTREAM_TIMEOUT', 'late')
    }
    expect((await probeEngine(service, signal)).state).toBe('busy')
    expect(servedBy(service).get()?.models).toEqual(['Org/Old'])
  })

  it('that cannot ask the host throws, so that nobody reads it as "nothing running"', async () => {
    const cluster = createFakeCluster()
    cluster.faults.down.add('spark-1')
    await expect(probe(cluster)).rejects.toMatchObject({ code: 'HOST_UNREACHABLE' })
  })

  it('of a watched service that refuses is down; its host is not touched', async () => {
    const cluster = createFakeCluster()
    cluster.faults.down.add('spark-1')
    expect((await probe(cluster, { settings: { manage: false } })).health.state).toBe('down')
  })

  it('what is served outlives the controller', async () => {
    const cluster = serving()
    const { service } = await probe(cluster)
    const next = createFakeService(cluster, { store: service.store })
    expect(servedBy(next).get()?.models).toEqual(['Org/Old'])
  })
})
