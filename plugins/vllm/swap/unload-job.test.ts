import { describe, expect, it } from 'vitest'
import { kept } from '../kept.ts'
import { createFakeCluster } from '../testing/fake-cluster.ts'
import { createFakeStore } from '../testing/fake-service.ts'
import { runSwapFor, runUnloadFor } from '../testing/run-job.ts'
import { sampleInput } from '../testing/samples.ts'

const INPUT = { title: 'Old', stop_nodes: ['spark-1', 'spark-2'], drain_s: 30 }

describe('an unload', () => {
  it('stops everywhere and says what came back', async () => {
    const cluster = createFakeCluster()
    cluster.start('spark-1', 'vllm serve Org/Old')
    cluster.start('spark-2', 'VLLM::Worker')
    cluster.upstream.state.inFlight = 2
    const { result } = await runUnloadFor(cluster, INPUT)
    expect(result).toEqual({
      cut: 2,
      stopped: ['spark-1', 'spark-2'],
      freed_bytes: { 'spark-1': 60 * 2 ** 30, 'spark-2': 60 * 2 ** 30 },
    })
    expect([...cluster.containers.keys()]).toEqual([])
    expect(cluster.upstream.state.isDraining).toBe(false)
  })

  it('of a container that will not stop fails loudly', async () => {
    const cluster = createFakeCluster()
    cluster.start('spark-1', 'vllm serve Org/Old')
    cluster.faults.stuck = true
    await expect(runUnloadFor(cluster, INPUT)).rejects.toMatchObject({
      code: 'NOT_STOPPED',
      message: expect.stringMatching(/^not stopped: vllm_node still runs on spark-1/),
      hint: expect.stringMatching(/docker rm -f vllm_node/),
    })
  })

  it('whose memory does not come back as measured is not called stopped', async () => {
    const cluster = createFakeCluster()
    const store = createFakeStore()
    const { service } = await runSwapFor(cluster, sampleInput(), { store })
    kept(store).setServed({
      models: ['Org/New'],
      root: 'Org/New',
      maxModelLen: 4096,
      since: null,
      seenAt: '2026-11-24T12:00:00.000Z',
      containers: {},
    })
    expect(kept(service.store).load('Org/New')?.footprintBytes['spark-1']).toBe(60 * 2 ** 30)
    cluster.faults.memoryStays = true
    await expect(runUnloadFor(cluster, INPUT, { store })).rejects.toMatchObject({
      code: 'NOT_STOPPED',
      message: expect.stringMatching(/memory of spark-1 has not come back/),
    })
  })

  it('of a container that carries another service’s label stops nothing', async () => {
    const cluster = createFakeCluster()
    cluster.start('spark-1', 'vllm serve Org/Old')
    Object.assign(cluster.containers.get('spark-1') ?? {}, { owner: 'code' })
    await expect(runUnloadFor(cluster, INPUT)).rejects.toMatchObject({
      code: 'NOT_STOPPED',
      message: 'not stopped: the container vllm_node on spark-1 was started for code, not for llm',
    })
    expect(cluster.commands.filter((command) => command.includes(' stop '))).toEqual([])
    expect(cluster.containers.get('spark-1')?.state).toBe('running')
  })

  it('of a watched service is refused', async () => {
    const cluster = createFakeCluster()
    await expect(
      runUnloadFor(cluster, INPUT, { settings: { manage: false } }),
    ).rejects.toMatchObject({ code: 'SERVICE_UNMANAGED' })
  })
})
