import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { JobView, PlanView } from '../../views.ts'
import { changesIn } from '../command-record.ts'
import { startTestCluster, type TestCluster } from '../test-cluster.ts'

const SOLO = 'nvidia/Gemma-4-26B-A4B-NVFP4'
const WIDE = 'nvidia--Qwen3-235B-A22B-NVFP4'

interface Fit {
  verdict: string
  reasons: string[]
  settings: { gpu_memory_utilization: number }
  places: {
    host: string
    source: string
    total_bytes: number
    freed_bytes: number | null
    room_bytes: number
    others: { name: string; bytes: number }[]
  }[]
}

let cluster: TestCluster

beforeAll(async () => {
  cluster = await startTestCluster()
})
afterAll(() => cluster?.close())

const fitOf = async (key: string, query = ''): Promise<Fit> => {
  const { status, body } = await cluster.ask<Fit>(`/api/models/${key}/fit${query}`)
  expect(status).toBe(200)
  return body
}

describe('whether a model fits', () => {
  it('is told per machine: who else is there by name, what the loaded model gives back', async () => {
    const before = cluster.commands().length
    const { places } = await fitOf(WIDE)
    expect(places.map(({ host, source }) => [host, source])).toEqual([
      ['spark-1', '/proc/meminfo'],
      ['spark-2', '/proc/meminfo'],
    ])
    expect(places[0]?.freed_bytes).toBeGreaterThan(50e9)
    expect(places[1]).toMatchObject({
      freed_bytes: 0,
      others: [{ name: 'the language model of llm-2', bytes: expect.any(Number) }],
    })
    expect(changesIn(cluster.commands().slice(before))).toEqual([])
  })

  it('comes true: what was to be free is free once the model was unloaded', async () => {
    const [before] = (await fitOf(WIDE)).places
    const { body } = await cluster.post<{ job: JobView }>('/api/unload', {})
    await cluster.ended(body.job)
    const [after] = (await fitOf(WIDE)).places
    expect(after?.freed_bytes).toBe(0)
    const difference = Math.abs((after?.room_bytes ?? 0) - (before?.room_bytes ?? 0))
    expect(difference / (before?.total_bytes ?? 1)).toBeLessThan(0.01)
  })

  it('is no lock: a share too small for the context is said to be refused, started all the same, and refused', async () => {
    const key = SOLO.replace('/', '--')
    const { body } = await cluster.ask<{ models: { key: string; recipe: object }[] }>('/api/models')
    const recipe = body.models.find((model) => model.key === key)?.recipe
    const put = { ...recipe, gpu_memory_utilization: 0.17 }
    await cluster.ask(`/api/models/${key}/recipe`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(put),
    })
    const fit = await fitOf(key)
    expect(fit).toMatchObject({
      verdict: 'does_not_fit',
      settings: { gpu_memory_utilization: 0.17 },
    })
    const dry = await cluster.post<PlanView>('/api/swap?dry_run=true', { model: SOLO })
    expect(dry.body.consequence).toContain(fit.reasons[0])
    const started = await cluster.post<{ job: JobView }>('/api/swap', { model: SOLO })
    expect(started.status).toBe(202)
    const job = await cluster.ended(started.body.job)
    expect(job).toMatchObject({ state: 'failed', error: { code: 'LOAD_FAILED' } })
  })
})
