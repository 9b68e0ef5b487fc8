import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { HostScan } from '../disk/scan-host.ts'
import type { Shop } from '../door.ts'
import { createFakeCluster, type FakeCluster } from '../testing/fake-cluster.ts'
import { createFakeService } from '../testing/fake-service.ts'
import { sampleRecipe } from '../testing/samples.ts'
import { openBook } from './recipe-book.ts'
import { describeChanges } from './recipe-changes.ts'
import { checkRecipe } from './recipe-check.ts'
import { recipeHandlers } from './recipe-handlers.ts'

const family = sampleRecipe({ repo: 'Org/M-FP8', title: 'M', match: ['*/M-*'] })
const disk = (repo: string, state = 'ready') => ({
  key: repo.replaceAll('/', '--'),
  repo,
  source: 'hf-cache',
  state,
  reason: null,
  sizeBytes: 2e9,
  weightBytes: 1e9,
  lastUsedAtS: null,
  path: null,
  facts: null,
})

let cluster: FakeCluster
let shop: Shop
const stop = new AbortController()

beforeEach(() => {
  cluster = createFakeCluster()
  const service = createFakeService(cluster, { recipes: [family] })
  const scan = {
    host: 'spark-1',
    error: null,
    warning: null,
    models: [disk('Org/M-FP8'), disk('Org/M-AWQ'), disk('Org/M-Part', 'partial')],
  } as unknown as HostScan
  shop = {
    kind: { recipes: service.recipes, pick: () => service, changed: () => undefined },
    catalogue: { scans: () => [scan], failures: () => [], firstScan: async () => undefined },
    recipes: () => openBook(service.recipes),
    services: () => [],
  } as unknown as Shop
})
afterEach(() => expect(cluster.commands).toEqual([]))

const check = (key: string, body: unknown) =>
  checkRecipe(shop, { key, body, service: undefined }, stop.signal)

const call = (key: string, body?: unknown) =>
  ({ params: { key }, query: {}, body, signal: stop.signal }) as never

describe('settings that are not saved yet', () => {
  it('are shown as the commands that loading with them would run', async () => {
    const body = sampleRecipe({ repo: 'Org/M-AWQ', max_model_len: 4096, args: ['--seed', '7'] })
    const { details, commands, not_shown } = await check('Org--M-AWQ', body)
    expect([details, not_shown]).toEqual([[], null])
    expect(commands.at(-1)?.host).toBe('spark-1')
    expect(commands.at(-1)?.command).toMatch(
      /vllm serve Org\/M-AWQ .*--max-model-len 4096.*--seed 7/,
    )
  })

  it('name every field that is wrong, as saving them would', async () => {
    const body = sampleRecipe({ repo: 'Org/Else', nodes: 99, args: ['--port', '1'] })
    const { details, commands } = await check('Org--M-AWQ', body)
    expect(details.map(({ path }) => path).toSorted()).toEqual([
      'args.0',
      'nodes',
      'repo',
      'tensor_parallel',
    ])
    expect(commands).toEqual([])
    const saving = Promise.resolve().then(() =>
      recipeHandlers(shop)['PUT /api/models/:key/recipe'].plan(call('Org--M-AWQ', body)),
    )
    await expect(saving).rejects.toMatchObject({ code: 'VALIDATION', details })
  })

  it.each([
    ['Org--M-AWQ', 'x'],
    ['Org--M-AWQ', null],
    ['Org--M-AWQ', []],
  ])('that are no recipe at all are answered as such', async (key, body) => {
    expect((await check(key, body)).details.length).toBeGreaterThan(0)
  })

  it.each([
    ['Org/M-Part', /is not whole/],
    ['Org/M-Later', /no disk has a model "Org\/M-Later"/],
  ])('for %s may be right though nothing can be loaded with them now', async (repo, why) => {
    const { details, commands, not_shown } = await check(
      repo.replace('/', '--'),
      sampleRecipe({ repo }),
    )
    expect([details, commands]).toEqual([[], []])
    expect(not_shown).toMatch(why)
  })

  it('for a key nobody knows are refused', async () => {
    await expect(check('Org--Nowhere', sampleRecipe())).rejects.toMatchObject({
      code: 'MODEL_NOT_FOUND',
    })
  })
})

describe('going back', () => {
  const saved = sampleRecipe({ repo: 'Org/M-AWQ', title: 'Mine', max_model_len: 4096 })
  const reset = () => recipeHandlers(shop)['DELETE /api/models/:key/recipe']

  it('says whose settings count then, and what becomes of each field', async () => {
    shop.kind.recipes.save('Org--M-AWQ', saved)
    const plan = await reset().plan(call('Org--M-AWQ'))
    expect(plan).toMatchObject({ title: 'Go back to the shipped settings of M AWQ?' })
    expect(plan?.consequence.split('\n')).toEqual([
      'They are those of Org/M-FP8, which fit */M-*.',
      'Title goes from Mine to M AWQ.',
      'No context length any more; it is 4096 now.',
      'What is loaded stays as it is; the settings count from the next load on.',
    ])
    const { value } = await reset().apply(plan, call('Org--M-AWQ'))
    expect(value).toMatchObject({ recipe: { repo: 'Org/M-AWQ', title: 'M AWQ' } })
    expect(shop.recipes().find('Org/M-AWQ')?.source).toBe('shipped')
  })

  it('where none are shipped says that it needs to be set up again', async () => {
    shop.kind.recipes.save('Org--Own', sampleRecipe({ repo: 'Org/Own', title: 'Own' }))
    const plan = await reset().plan(call('Org--Own'))
    expect(plan?.title).toBe('Forget the saved settings of Own?')
    expect(plan?.consequence).toMatch(/needs to be set up again/)
  })
})

describe('what differs between two recipes', () => {
  it('is told field by field, lists and tables by what they hold', () => {
    const from = sampleRecipe({ args: ['--seed', '1'], env: { VLLM_B: '1', VLLM_A: '2' } })
    const to = sampleRecipe({ args: ['--seed', '2'], env: { VLLM_A: '2', VLLM_B: '1' }, nodes: 2 })
    expect(describeChanges(from, { ...to, source: 'else' })).toEqual([
      'Number of machines goes from 1 to 2.',
      'List of further arguments goes from --seed 1 to --seed 2.',
    ])
  })
})
