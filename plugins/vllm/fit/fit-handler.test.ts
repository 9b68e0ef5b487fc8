import { describe, expect, it } from 'vitest'
import { Value } from '#core'
import { createFakeCluster, type FakeCluster } from '../testing/fake-cluster.ts'
import { onDisk, openFakeDoor, scanOf } from '../testing/fake-door.ts'
import type { FakeServiceOptions } from '../testing/fake-service.ts'
import { FitView } from './fit-view.ts'

describe('GET /api/models/:key/fit', () => {
  const GIB = 2 ** 30
  const fitOf = async (
    cluster: FakeCluster,
    query: object,
    models = [onDisk('Org/New')],
    options: FakeServiceOptions = {},
  ) => {
    const door = openFakeDoor(
      cluster,
      [scanOf('spark-1', models), scanOf('spark-2', models)],
      options,
    )
    await door.wake()
    const params = { key: models[0]?.key }
    const handler = door.handlers['GET /api/models/:key/fit']
    const { value } = await handler(door.call(undefined, { params, query }) as never)
    door.stop()
    expect(Value.Check(FitView, value)).toBe(true)
    return value
  }

  it('shows the sum against what is free once the present model has stopped', async () => {
    const cluster = createFakeCluster()
    cluster.start('spark-1', 'vllm serve Org/Old')
    const fit = await fitOf(cluster, {})
    expect(fit).toMatchObject({
      verdict: 'fits',
      reasons: ['It should fit: needs 54 GB, 118 GB will be free.'],
      settings: { source: 'shipped', max_model_len: 40_960, kv_cache_dtype: 'bf16' },
      largest_max_model_len: 40_960,
    })
    expect(fit.places).toMatchObject([
      {
        ...{ host: 'spark-1', gpu: null, memory: 'unified', source: '/proc/meminfo' },
        ...{ free_bytes: 40 * GIB, reclaimable_bytes: 10 * GIB, freed_bytes: 60 * GIB },
        ...{ room_bytes: 110 * GIB, others: [] },
      },
    ])
    const [place] = fit.places
    expect(place?.terms.map(({ name, bytes }) => [name, bytes])).toEqual([
      ['weights', 39e9],
      ['cache', 147_456 * 40_960],
      ['overhead', 8 * GIB],
    ])
    expect(place?.need_bytes).toBe(39e9 + 147_456 * 40_960 + 8 * GIB)
    expect(cluster.commands).toEqual([])
  })

  it('answers for a context and a share that are only asked about', async () => {
    const query = { max_model_len: 8192, gpu_memory_utilization: 0.3 }
    const fit = await fitOf(createFakeCluster(), query)
    expect(fit.verdict).toBe('does_not_fit')
    expect(fit.settings).toMatchObject({ max_model_len: 8192, gpu_memory_utilization: 0.3 })
    expect(fit.reasons[0]).toMatch(/^It will refuse to start/)
    expect(fit.smallest_gpu_memory_utilization).toBe(0.38)
  })

  it('answers with suggested settings for a model that has none yet', async () => {
    const fit = await fitOf(createFakeCluster(), {}, [onDisk('Org/Bare')])
    expect(fit.settings).toMatchObject({ source: 'suggested', kv_cache_dtype: 'fp8' })
  })

  it('counts an unfinished download by what its config.json promises', async () => {
    const partial = { state: 'partial', weightBytes: 1e9 }
    const fit = await fitOf(createFakeCluster(), {}, [onDisk('Org/New', partial)])
    expect(fit.places[0]?.terms[0]).toEqual({
      ...{ name: 'weights', bytes: 16.4e9, because: '16 GB by its config.json' },
    })
  })

  it('sums up every machine a model spans', async () => {
    const fit = await fitOf(createFakeCluster(), {}, [onDisk('Org/Wide')])
    expect(fit.places.map(({ host }) => host)).toEqual(['spark-1', 'spark-2'])
    expect(fit.places[0]?.terms[0]).toMatchObject({
      ...{ bytes: 19.5e9, because: '39 GB on the disk, in 2 parts' },
    })
  })

  it('refuses a model wider than the service, and a service that is only watched', async () => {
    const narrow = fitOf(createFakeCluster(['spark-1']), {}, [onDisk('Org/Wide')])
    await expect(narrow).rejects.toMatchObject({ code: 'MODEL_TOO_WIDE' })
    const settings = { manage: false }
    const watched = fitOf(createFakeCluster(), {}, [onDisk('Org/New')], { settings })
    await expect(watched).rejects.toMatchObject({ code: 'SERVICE_UNMANAGED' })
  })
})
