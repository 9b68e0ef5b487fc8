import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { ErrorView, JobView, PlanView } from '../../views.ts'
import { launchesIn } from '../command-record.ts'
import { startTestCluster, type TestCluster } from '../test-cluster.ts'

const BASE = 'nvidia/Gemma-4-26B-A4B-NVFP4'

interface Models {
  models: {
    key: string
    source: string
    state: string
    reason?: string
    adapter_of?: string
    running: { service: string }[]
  }[]
}

let cluster: TestCluster
const folder = (name: string) => join(cluster.sandbox.hosts[0]?.home ?? '', 'models', name)

beforeAll(async () => {
  cluster = await startTestCluster({
    topology: (yaml) => yaml.replace(/(spark-1:\n)/, '$1    model_dirs: [~/models]\n'),
  })
  plant('haiku', {
    'adapter_config.json': JSON.stringify({ base_model_name_or_path: BASE, r: 24 }),
    'adapter_model.safetensors': 'weights',
  })
  plant('orphan', {
    'adapter_config.json': JSON.stringify({ base_model_name_or_path: 'acme/Elsewhere', r: 8 }),
    'adapter_model.safetensors': 'weights',
  })
  await cluster.post('/api/models/rescan')
})
afterAll(() => cluster?.close())

function plant(name: string, files: Record<string, string>): void {
  mkdirSync(folder(name), { recursive: true })
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder(name), file), text)
}

async function model(key: string) {
  const { body } = await cluster.ask<Models>('/api/models')
  return body.models.find((each) => each.key === key)
}

const remove = (key: string, query = '') =>
  cluster.ask<{ job: JobView } & ErrorView>(`/api/models/${key}${query}`, { method: 'DELETE' })

it('an adapter in a folder of the owner’s own is told from a model, by its base', async () => {
  expect(await model('haiku')).toMatchObject({ source: 'local', state: 'ready', adapter_of: BASE })
  expect(await model('orphan')).toMatchObject({
    state: 'unsupported',
    reason: 'is a LoRA adapter of acme/Elsewhere, which is on no disk',
  })
})

it('it is served on its base, mounted read-only, and answers to both names', async () => {
  const { body: plan } = await cluster.post<PlanView>('/api/swap?dry_run=true', { model: 'haiku' })
  expect(plan.commands.at(-1)?.command).toContain(`-v ${folder('haiku')}:/models/haiku:ro`)
  const { body } = await cluster.post<{ job: JobView }>('/api/swap', { model: 'haiku' })
  expect(await cluster.ended(body.job)).toMatchObject({
    state: 'succeeded',
    title: expect.stringMatching(/^Load Haiku on Gemma 4 26B/i),
    result: { self_check: { answered: true } },
  })
  const words = launchesIn(cluster.commands()).at(-1)?.args.join(' ')
  expect(words).toContain(`exec vllm serve ${BASE} `)
  expect(words).toContain('--enable-lora --lora-modules haiku=/models/haiku --max-lora-rank 32')
  const { body: served } = await cluster.ask<{ data: { id: string }[] }>('/v1/models')
  expect(served.data.map(({ id }) => id)).toEqual(expect.arrayContaining([BASE, 'haiku']))
  const { status } = await cluster.post('/v1/chat/completions', {
    model: 'haiku',
    messages: [{ role: 'user', content: 'Write one.' }],
  })
  expect(status).toBe(200)
})

it('while it is served neither it nor its base can be deleted', async () => {
  const base = BASE.replace('/', '--')
  for (const key of ['haiku', base]) {
    const { status, body } = await remove(key, `?confirm=${key}`)
    expect(status).toBe(409)
    expect(body.error.code).toBe('MODEL_IN_USE')
  }
})

it('one that is not served is deleted by its name only, and nothing beside it', async () => {
  const { status, body } = await remove('orphan', '?confirm=haiku')
  expect(status).toBe(428)
  expect(body.error).toMatchObject({
    message: expect.stringContaining(`On spark-1 it is the folder ${folder('orphan')}.`),
    hint: expect.stringContaining('?confirm=orphan'),
  })
  expect(existsSync(folder('orphan'))).toBe(true)
  const { body: started } = await remove('orphan', '?confirm=orphan')
  expect(await cluster.ended(started.job)).toMatchObject({ state: 'succeeded' })
  expect(existsSync(folder('orphan'))).toBe(false)
  expect(existsSync(folder('haiku'))).toBe(true)
})
