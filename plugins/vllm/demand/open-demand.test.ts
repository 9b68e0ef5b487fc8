import { afterEach, describe, expect, it } from 'vitest'
import { Value } from '#core'
import { createFakeClock } from '../../../core/testing/fake-clock.ts'
import type { Shop } from '../door.ts'
import { createBook } from '../recipe/recipe-book.ts'
import { Settings } from '../settings.ts'
import { createDemandRig } from '../testing/demand-rig.ts'
import { sampleRecipe } from '../testing/samples.ts'
import { demandOf, openDemand } from './open-demand.ts'

const ends: (() => void)[] = []
afterEach(() => {
  for (const end of ends.splice(0)) end()
})

const READY = ['Org/New', 'Org/Bare']

/** A kind with one service; Org/New and Org/Bare are on its disk, the latter without settings. */
function start(on_demand: object | undefined, settings: object = {}) {
  const clock = createFakeClock()
  const filled = Value.Default(Settings, {
    ...settings,
    ...(on_demand && { on_demand }),
  }) as Settings
  const rig = createDemandRig(clock, filled)
  const models = READY.map((repo) => ({
    ...{ key: repo.replace('/', '--'), repo, source: 'hf-cache', state: 'ready' },
  }))
  const shop = {
    kind: rig.kind,
    catalogue: { scans: () => [{ host: 'spark-1', models }] },
    recipes: () => createBook([{ key: 'Org--New', source: 'shipped', recipe: sampleRecipe() }]),
  } as unknown as Shop
  const demand = openDemand(shop, rig.acts)
  ends.push(rig.stop)
  return { ...rig, clock, demand }
}

describe('a kind on demand', () => {
  it('waits for models on the disks that are set up, and offers just these', () => {
    const { demand } = start({})
    expect(demand.hold({ model: 'Org/New' })).toBeDefined()
    expect(demand.hold({ model: 'Org/Bare' })).toBeUndefined()
    expect(demand.hold({ model: 'Org/Nowhere' })).toBeUndefined()
    expect(demand.offered()).toEqual(['Org/New'])
  })

  it.each([
    ['the topology does not say so', undefined, {}],
    ['it is switched off', { enabled: false }, {}],
    ['the service is watched only', {}, { manage: false }],
  ])('waits for nothing where %s', async (_, on_demand, settings) => {
    const { demand, service, clock } = start(on_demand, settings)
    expect(demand.hold({ model: 'Org/New' })).toBeUndefined()
    expect(demand.hold({ model: 'Org/New', service: 'llm' })).toBeUndefined()
    expect(demand.offered()).toEqual([])
    expect(demandOf(service)).toBeNull()
    await clock.settle()
    expect(clock.sleepers).toBe(1)
  })

  it('takes a further name for whatever is loaded next, the default model if nothing is', () => {
    const options = { serve_as: ['assistant'] }
    const { demand, service } = start({ default_model: 'Org/New' }, options)
    expect(demand.hold({ model: 'assistant' })).toBeDefined()
    expect(demandOf(service)?.waiting).toMatchObject([{ model: 'Org/New', requests: 1 }])
    expect(start({}, options).demand.hold({ model: 'assistant' })).toBeUndefined()
  })

  it('takes back requests for what its service is about to stop', () => {
    const { demand, serve, service } = start({})
    serve('Org/New')
    expect(demand.hold({ model: 'Org/New', service: 'llm' })).toBeDefined()
    expect(demand.hold({ model: 'Org/New', service: 'llm-2' })).toBeUndefined()
    expect(demandOf(service)?.waiting).toMatchObject([{ model: 'Org/New', requests: 1 }])
  })

  it('loads the default model at the start if nothing is there, and asks a silent host again', async () => {
    const { state, clock, cluster } = start({ default_model: 'Org/New', preload: true })
    cluster.faults.down.add('spark-1')
    await clock.advance(12_000)
    expect(state.acts).toEqual([])
    cluster.faults.down.clear()
    await clock.advance(12_000)
    expect(state.acts).toEqual(['load Org/New'])
  })

  it('leaves alone at the start what outlived the controller', async () => {
    const { state, clock, cluster } = start({ default_model: 'Org/New', preload: true })
    cluster.start('spark-1', 'vllm serve Org/Other')
    await clock.advance(60_000)
    expect(state.acts).toEqual([])
  })
})
