import { describe, expect, it } from 'vitest'
import { Value } from '#core'
import { SwapBody } from './api.ts'
import { createFakeCluster } from './testing/fake-cluster.ts'
import { onDisk, openFakeDoor as open, scanOf } from './testing/fake-door.ts'
import { type FakeServiceOptions, fakeJobView } from './testing/fake-service.ts'
import { sampleRecipe } from './testing/samples.ts'

describe('GET /api/models', () => {
  it('merges disks and recipes; a host that is down keeps its models, marked stale', async () => {
    const { models, stop } = open(createFakeCluster(), [
      scanOf('spark-1', [onDisk('Org/New'), onDisk('Org/Bare'), onDisk('Org/Wide')]),
      scanOf('spark-2', [
        onDisk('Org/New'),
        onDisk('Org/Part', { state: 'partial', reason: '1 of 2 weight files are missing' }),
      ]),
    ])
    const view = await models()
    stop()
    const found = Object.fromEntries(
      view.models.map((m) => [m.repo, [m.state, m.mode, m.reason ?? '']]),
    )
    expect(found).toEqual({
      'Org/New': ['ready', 'solo', ''],
      'Org/Bare': ['needs_setup', null, ''],
      'Org/Wide': ['partial', 'cluster', 'is on spark-1, not on spark-2, where it would run'],
      'Org/Part': ['partial', null, '1 of 2 weight files are missing'],
    })
    expect(view.models.find((m) => m.repo === 'Org/New')).toMatchObject({
      key: 'Org--New',
      capabilities: ['chat', 'tools'],
      hosts: [
        { host: 'spark-1', stale: true, weight_bytes: 39e9 },
        { host: 'spark-2', stale: true },
      ],
    })
    expect(view.recipes).toContainEqual({ key: 'Org--New', repo: 'Org/New', title: 'New 26B' })
    expect(view.errors.map(({ host }) => host)).toEqual(['spark-1', 'spark-2'])
    expect(view.scanned_at).toBe('2026-11-24T11:00:00.000Z')
  })

  it('a host that never answered is an error, not an empty disk', async () => {
    const { models, stop } = open(createFakeCluster(), [])
    const view = await models()
    stop()
    expect(view).toMatchObject({ models: [], scanned_at: null })
    expect(view.errors).toEqual([
      { host: 'spark-1', message: 'spark-1 does not answer' },
      { host: 'spark-2', message: 'spark-2 does not answer' },
    ])
  })

  it('100 models on two hosts take well under 5 ms from the cache', async () => {
    const many = Array.from({ length: 100 }, (_, n) => onDisk(`Org/Model-${n}`))
    const { models, stop } = open(createFakeCluster(), [
      scanOf('spark-1', many),
      scanOf('spark-2', many),
    ])
    await models()
    expect((await models()).models).toHaveLength(100)
    stop()
  })
})

describe('POST /api/swap', () => {
  const scans = [
    scanOf('spark-1', [
      onDisk('Org/New'),
      onDisk('Org/Bare'),
      onDisk('Org/Wide'),
      onDisk('Org/Part', { state: 'partial', reason: 'x' }),
      onDisk('Org/Gguf', { state: 'unsupported', reason: 'has GGUF weights only' }),
    ]),
  ]
  const ready = async (cluster = createFakeCluster(), options: FakeServiceOptions = {}) => {
    const opened = open(cluster, scans, options)
    await opened.wake()
    return opened
  }

  it('starts the job the plan described, by repo id, key or a name of its settings', async () => {
    const recipes = [sampleRecipe(), sampleRecipe({ repo: 'Org/New', names: ['new'] })]
    for (const model of ['Org/New', 'Org--New', 'new']) {
      const { swap, service, stop } = await ready(createFakeCluster(), { recipes })
      const { plan, answer } = await swap({ model, drain_s: 30 })
      stop()
      expect(answer).toMatchObject({
        status: 202,
        value: { unchanged: false },
        headers: { Location: '/api/jobs/job-1' },
      })
      expect(service.started).toMatchObject([
        {
          name: 'swap',
          holds: [...(plan?.holds ?? []), `model:Org--New:${service.id}`],
          input: { model: 'Org/New', drain_s: 30, has_tools: true, launch: plan?.launch },
        },
      ])
    }
  })

  it('of what is served already changes nothing', async () => {
    const cluster = createFakeCluster()
    cluster.faults.foreign = 'Org/New'
    const { swap, service, stop } = await ready(cluster)
    const { answer } = await swap({ model: 'Org/New' })
    stop()
    expect(answer).toEqual({ status: 200, value: { job: null, unchanged: true } })
    expect(service.started).toEqual([])
  })

  it.each([
    ['Org/Nowhere', 'MODEL_NOT_FOUND', 404],
    ['Org/Bare', 'MODEL_NEEDS_SETUP', 409],
    ['Org/Part', 'MODEL_NEEDS_SETUP', 409],
    ['Org/Wide', 'MODEL_INCOMPLETE', 409],
    ['Org/Gguf', 'MODEL_UNSUPPORTED', 409],
  ])('of %s is refused with %s', async (model, code, status) => {
    const { swap, stop } = await ready()
    await expect(swap({ model })).rejects.toMatchObject({ code, status })
    stop()
  })

  it('over an engine outside the container is refused before anything is touched', async () => {
    const cluster = createFakeCluster()
    cluster.faults.foreign = 'Other/Model'
    const { swap, stop } = await ready(cluster)
    await expect(swap({ model: 'Org/New' })).rejects.toMatchObject({
      code: 'NOT_STOPPED',
      message: expect.stringMatching(/^Model answers on port 8888 of spark-1, but not from/),
    })
    stop()
    expect(cluster.commands).toEqual([])
  })

  it('on a watched service is refused', async () => {
    const { swap, stop } = await ready(createFakeCluster(), { settings: { manage: false } })
    await expect(swap({ model: 'Org/New' })).rejects.toMatchObject({ code: 'SERVICE_UNMANAGED' })
    stop()
  })

  it.each([
    '$(touch canary)',
    '--solo',
    '../../x',
    'a/b/c',
    'a b',
    'a\n',
    'a\0',
    '',
    'ü',
    `a${'x'.repeat(300)}`,
    'a/..',
  ])('takes no model called %j', (model) => expect(Value.Check(SwapBody, { model })).toBe(false))
})

describe('settings of a model', () => {
  const scans = [scanOf('spark-1', [onDisk('Org/Bare')])]

  it('are suggested from the disk, saved, used, and forgotten again', async () => {
    const { handlers, call, models, stop } = open(createFakeCluster(), scans)
    const query = { repo: 'Org/Bare' }
    const { value } = await handlers['GET /api/models/suggest'](call(undefined, { query }) as never)
    expect(value.recipe).toMatchObject({ repo: 'Org/Bare', nodes: 1, tool_parser: 'hermes' })
    const at = { params: { key: 'Org--Bare' } }
    const put = handlers['PUT /api/models/:key/recipe']
    const plan = await put.plan(call(value.recipe, at) as never)
    expect(plan?.holds).toEqual([])
    await put.apply(plan, call(value.recipe, at) as never)
    expect((await models()).models[0]).toMatchObject({ state: 'ready', recipe_source: 'override' })
    const remove = handlers['DELETE /api/models/:key/recipe']
    await remove.apply(
      await remove.plan(call(undefined, at) as never),
      call(undefined, at) as never,
    )
    expect((await models()).models[0]).toMatchObject({ state: 'needs_setup', recipe: null })
    stop()
  })

  it('are suggested for the cards the service may use, not for the machine around them', async () => {
    const cards = { gpuMemoryBytes: 96 * 2 ** 30, gpuCount: 4 }
    const box = [scanOf('spark-1', [onDisk('Org/Bare')], cards)]
    const suggest = async (settings: object) => {
      const { handlers, call, stop } = open(createFakeCluster(['spark-1']), box, { settings })
      const query = { repo: 'Org/Bare' }
      const { value } = await handlers['GET /api/models/suggest'](
        call(undefined, { query }) as never,
      )
      stop()
      return value.why.find(({ field }) => field === 'nodes')?.because
    }
    expect(await suggest({ launcher: 'docker' })).toMatch(/^4 cards with 24.0 GiB/)
    expect(await suggest({ launcher: 'docker', gpus: [0, 1] })).toMatch(/on 2 cards with 24.0 GiB/)
    // launch-cluster.sh takes one of each machine
    expect(await suggest({})).toMatch(/on one card with 24.0 GiB/)
  })

  it('that are wrong are answered all at once', async () => {
    const { handlers, call, stop } = open(createFakeCluster(), scans)
    const put = handlers['PUT /api/models/:key/recipe']
    const body = { ...sampleRecipe({ repo: 'Org/Bare' }), image: 'a;b', nodes: 99, zz: 1 }
    const failure = await Promise.resolve()
      .then(() => put.plan(call(body, { params: { key: 'Org--Bare' } }) as never))
      .catch((thrown) => thrown)
    stop()
    expect(failure.code).toBe('VALIDATION')
    expect(failure.details.map(({ path }: { path: string }) => path).toSorted()).toEqual([
      'image',
      'nodes',
      'tensor_parallel',
      'zz',
    ])
  })

  it('for another repo than the key names are refused', async () => {
    const { handlers, call, stop } = open(createFakeCluster(), scans)
    const put = handlers['PUT /api/models/:key/recipe']
    await expect(
      put.plan(call(sampleRecipe(), { params: { key: 'Org--Bare' } }) as never),
    ).rejects.toMatchObject({ code: 'VALIDATION', details: [{ path: 'repo' }] })
    stop()
  })
})

describe('why /v1 cannot serve a model', () => {
  const scans = [scanOf('spark-1', [onDisk('Org/New')])]
  const loading = fakeJobView({
    id: 'j7',
    phase: 'loading weights',
    percent: 40,
    input: {
      model: 'Org/New',
      launch: {
        serve: ['Org/New', '--served-model-name', 'Org/New', 'default', '--host', '0.0.0.0'],
      },
    },
  })

  it.each(['Org/New', 'default'])('%s is being loaded', (model) => {
    const { explain, stop } = open(createFakeCluster(), scans, { active: [loading] })
    const why = explain(model)
    stop()
    expect(why).toMatchObject({ code: 'MODEL_LOADING', status: 503, holder: { job: 'j7' } })
    expect(why?.message).toMatch(/loading weights, 40 %/)
    expect(why?.retryAfterS).toBeGreaterThan(0)
  })

  it('it lies on a disk, or its name stands for whatever is loaded', () => {
    const { explain, stop } = open(createFakeCluster(), scans, {
      settings: { serve_as: ['default'] },
    })
    expect(explain('Org/New')).toMatchObject({ code: 'MODEL_NOT_LOADED', status: 404 })
    expect(explain('default')?.message).toMatch(/stands for the loaded model; no model is loaded/)
    expect(explain('no/such')).toBeUndefined()
    stop()
  })
})
