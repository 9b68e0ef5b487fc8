import { existsSync, renameSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { ErrorView, JobView, PlanView } from '../../views.ts'
import { startTestCluster, type TestCluster, until } from '../test-cluster.ts'

const MODEL = 'nvidia/Gemma-4-26B-A4B-NVFP4'
const KEY = 'nvidia--Gemma-4-26B-A4B-NVFP4'
const SERVED = 'Qwen--Qwen3.6-35B-A3B-FP8'

interface Models {
  models: { key: string; recipe_source: string | null }[]
}

let cluster: TestCluster
beforeAll(async () => {
  cluster = await startTestCluster()
})
afterAll(() => cluster?.close())

const remove = <T = { job: JobView } & ErrorView>(key: string, query = '') =>
  cluster.ask<T>(`/api/models/${key}${query}`, { method: 'DELETE' })

const folders = () =>
  cluster.sandbox.hosts.map(({ home }) =>
    existsSync(join(home, '.cache/huggingface/hub', `models--${KEY}`)),
  )

it('without its name answers 428 with what it would free, and deletes nothing', async () => {
  const { status, body } = await remove(KEY)
  expect(status).toBe(428)
  expect(body.error).toMatchObject({
    code: 'CONFIRM_MISSING',
    message: expect.stringMatching(
      /Frees 17 GB on spark-1 and 17 GB on spark-2\..*cannot be undone/s,
    ),
    hint: `name it to delete it: DELETE /api/models/${KEY}?confirm=${KEY}`,
  })
  expect((await remove(KEY, `?confirm=${SERVED}`)).status).toBe(428)
  expect(folders()).toEqual([true, true])
})

it('of what is served is refused, whatever is confirmed', async () => {
  const { status, body } = await remove(SERVED, `?confirm=${SERVED}`)
  expect(status).toBe(409)
  expect(body.error).toMatchObject({ code: 'MODEL_IN_USE', hint: expect.stringMatching(/unload/) })
})

it('of what no disk has is 404', async () => {
  expect((await remove('acme--Nothing', '?confirm=acme--Nothing')).status).toBe(404)
})

it('needs what a swap needs, so that neither runs under the other', async () => {
  const { body: swap } = await cluster.post<{ job: JobView }>('/api/swap', { model: MODEL })
  const { status, body } = await remove(KEY, `?confirm=${KEY}`)
  expect(status).toBe(409)
  expect(body.error).toMatchObject({ code: 'JOB_RUNNING', holder: { job: swap.job.id } })
  await cluster.post(`/api/jobs/${swap.job.id}/cancel`)
  await cluster.ended(swap.job)
})

it('deletes on both hosts exactly what was agreed to, and keeps the owner’s settings', async () => {
  const { body: models } = await cluster.ask<{ models: { key: string; recipe: object }[] }>(
    '/api/models',
  )
  const recipe = models.models.find(({ key }) => key === KEY)?.recipe
  await cluster.ask(`/api/models/${KEY}/recipe`, {
    method: 'PUT',
    body: { ...recipe, title: 'Our Gemma' },
  })
  const { body: plan } = await remove<PlanView>(KEY, '?dry_run=true')
  expect(plan).toMatchObject({
    title: 'Delete Our Gemma from both machines?',
    confirm: 'Delete 34 GB',
    consequence: expect.stringContaining('Your settings for it are kept.'),
  })
  const { status, body } = await cluster.ask<{ job: JobView }>(
    `/api/models/${KEY}?confirm=${KEY}`,
    { method: 'DELETE', headers: { 'x-plan-digest': plan.digest } },
  )
  expect(status).toBe(202)
  expect(await cluster.ended(body.job)).toMatchObject({
    state: 'succeeded',
    result: {
      hosts: [
        { host: 'spark-1', left_bytes: 0 },
        { host: 'spark-2', left_bytes: 0 },
      ],
    },
  })
  expect(folders()).toEqual([false, false])
  await until(async () => {
    const { body: now } = await cluster.ask<Models>('/api/models')
    return now.models.every(({ key }) => key !== KEY)
  }, 'a list without the model')
  // only what was saved can be forgotten
  const kept = await cluster.ask(`/api/models/${KEY}/recipe`, { method: 'DELETE' })
  expect(kept.status).toBe(200)
})

it('counts a cache that two hosts share once, and deletes it once for both', async () => {
  const [first = '', second = ''] = cluster.sandbox.hosts.map(({ home }) =>
    join(home, '.cache/huggingface/hub'),
  )
  renameSync(second, `${second}-of-its-own`)
  symlinkSync(first, second)
  await cluster.post('/api/models/rescan')
  const key = 'nvidia--Qwen3-235B-A22B-NVFP4'
  const { body: plan } = await remove<PlanView>(key, '?dry_run=true')
  expect(plan.confirm).toBe('Delete 134 GB')
  expect(plan.consequence).toContain('spark-2 sees the same disk as spark-1')
  const { body } = await remove(key, `?confirm=${key}`)
  expect(await cluster.ended(body.job)).toMatchObject({
    state: 'succeeded',
    result: {
      hosts: [
        { host: 'spark-1', freed_bytes: expect.closeTo(134e9, -9), left_bytes: 0 },
        { host: 'spark-2', freed_bytes: 0, left_bytes: 0 },
      ],
    },
  })
})
