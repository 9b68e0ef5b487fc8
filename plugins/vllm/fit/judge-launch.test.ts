import { describe, expect, it } from 'vitest'
import type { Layout } from '../config/layout.ts'
import { planSwap } from '../swap/swap-plan.ts'
import {
  sampleNode,
  sampleRecipe,
  sampleSizes,
  sampleState,
  sampleWanted,
} from '../testing/samples.ts'
import { judgeLaunch } from './judge-launch.ts'

const GB = 1e9
/** 1 MB of bf16 cache a token. */
const layout: Layout = {
  groups: [{ kind: 'full', count: 50, kvHeads: 10, keyDim: 500, valueDim: 500 }],
}
const wanted = (
  recipe: Parameters<typeof sampleRecipe>[0] = {},
  sizes: Parameters<typeof sampleSizes>[0] = {},
) => sampleWanted({ recipe: sampleRecipe(recipe), sizes: sampleSizes(sizes) })
const on = (...nodes: Parameters<typeof sampleNode>[1][]) =>
  sampleState({ nodes: nodes.map((change, at) => sampleNode(`spark-${at + 1}`, change)) })
const said = (...args: Parameters<typeof judgeLaunch>) => {
  const { lines, ways } = judgeLaunch(...args)
  return [...lines, ...ways]
}

describe('whether it fits, in words', () => {
  it('what is free but for kept files: why, the least share, how to let go of them', () => {
    const state = on({ availableBytes: 104 * GB, freeBytes: 60 * GB })
    expect(said(state, wanted())).toEqual([
      'It may refuse to start: it asks for 90 GB (gpu_memory_utilization 0.7); on spark-1 60 GB will be free and 44 GB more are files the system keeps for speed, which a GPU that shares the memory counts as used.',
      'A share of 0.31 (gpu_memory_utilization) is the least that works.',
      'Those files can be let go of first: on spark-1, run “sync; echo 3 | sudo tee /proc/sys/vm/drop_caches”.',
      'Loading fills them again with its own weights; the load format instanttensor reads past them.',
    ])
    expect(said(state, wanted({ load_format: 'instanttensor' })).join()).not.toMatch(/reads past/)
  })

  it('a context its share does not hold: the context that fits', () => {
    expect(said(on({}), wanted({ max_model_len: 60_000 }, { layout }))).toEqual([
      'It will refuse to start: it needs 99 GB with a context of 60,000 tokens, its share is 90 GB (gpu_memory_utilization 0.7).',
      'A share of 0.78 (gpu_memory_utilization) is the least that works.',
      'With these settings a context of 51,010 tokens fits.',
    ])
  })

  it('others in the way: who, by the name of the service, else of the container', () => {
    const users = [
      { process: 'python3', container: 'kokoro', gpu: null, bytes: 30 * GB },
      { process: 'python3', container: 'strange', gpu: null, bytes: 8 * GB },
    ]
    const state = on({}, { availableBytes: 60 * GB, users })
    const cluster = wanted({ nodes: 2, tensor_parallel: 2 })
    expect(said(state, cluster)).toEqual([
      'It may refuse to start: it asks for 90 GB (gpu_memory_utilization 0.7), 60 GB will be free on spark-2.',
      'A share of 0.19 (gpu_memory_utilization) is the least that works.',
      'It would fit if Speech on spark-2 did not run.',
    ])
  })

  it('too large for one machine, not for two', () => {
    const lines = said(on({}, {}), wanted({}, { weightBytes: 120 * GB }))
    expect(lines).toEqual([
      'It does not seem to fit: needs 129 GB, 104 GB will be free on spark-1.',
      'Shared by 2 machines it would fit.',
    ])
  })

  it('leaves out machines its launcher does not spread over', () => {
    const state = { ...on({}, {}), launcher: 'docker' as const }
    const lines = said(state, wanted({}, { weightBytes: 120 * GB }))
    expect(lines).toEqual([
      'It does not seem to fit: needs 129 GB, 104 GB will be free on spark-1.',
    ])
  })

  it('without a number of parts takes all the GPUs there are', () => {
    const gpus = [0, 1].map((index) => ({ index, totalBytes: 24 * GB, freeBytes: 23 * GB }))
    const state = { ...on({ gpus }), launcher: 'docker' as const, gpuCount: 2 }
    const { tensor_parallel: _, ...recipe } = sampleRecipe({ gpu_memory_utilization: 0.9 })
    const { places } = judgeLaunch(state, sampleWanted({ recipe }))
    expect(places.map(({ gpu, weightBytes }) => [gpu, weightBytes])).toEqual([
      [0, 15 * GB],
      [1, 15 * GB],
    ])
  })

  it('counts what the service tells every engine', () => {
    const args = ['--max-num-batched-tokens', '1024']
    const { wanted: asked } = judgeLaunch({ ...on({}), args }, wanted())
    expect(asked.cache.maxBatchedTokens).toBe(1024)
  })

  it('cards are named by number, and the room is the card’s', () => {
    const gpus = [0, 1].map((index) => ({ index, totalBytes: 24 * GB, freeBytes: 23 * GB }))
    const state = on({ gpus })
    expect(said(state, wanted({ tensor_parallel: 2 }))[0]).toBe(
      'It will refuse to start: it needs 19 GB with a context of 40,960 tokens, its share is 17 GB (gpu_memory_utilization 0.7).',
    )
    expect(said(state, wanted({ tensor_parallel: 2, gpu_memory_utilization: 0.9 }))[0]).toBe(
      'It should fit: needs 19 GB on each card, 23 GB will be free.',
    )
    expect(said(state, wanted({ gpu_memory_utilization: 0.9 }))[0]).toMatch(
      /on GPU 0 of spark-1\.$/,
    )
  })

  it.each<[string, Parameters<typeof wanted>, Parameters<typeof sampleNode>[1], string]>([
    [
      'heads that do not split',
      [{ tensor_parallel: 3 }],
      {},
      'It cannot start: its 32 heads cannot be split evenly over 3.',
    ],
    [
      'little to spare',
      [{ gpu_memory_utilization: 0.31 }],
      {},
      'It may just fit: needs 39 GB of its share of 40 GB (gpu_memory_utilization 0.31), and what engines take besides differs by more than that.',
    ],
    [
      'a share at which machines froze',
      [{ gpu_memory_utilization: 0.9 }],
      { availableBytes: 127 * GB },
      'A share of 0.9 leaves little to the system; machines whose GPU shares their memory have frozen above 0.88.',
    ],
    [
      'a cache nobody can count',
      [{}, { layout: null }],
      {},
      'What its cache takes is not known: its config.json does not give the sizes.',
    ],
    [
      'memory nobody could read',
      [],
      { totalBytes: null },
      'Whether there is room on spark-1 is not known: the memory there could not be read.',
    ],
  ])('%s', (_, args, node, line) => {
    expect(said(on(node), wanted(...args))).toContain(line)
  })
})

describe('the plan of a swap', () => {
  it('says the same, and plans all the same', () => {
    const state = on({ availableBytes: 30 * GB })
    const judged = judgeLaunch(state, wanted())
    const plan = planSwap(state, wanted())
    expect(judged.verdict).toBe('does_not_fit')
    for (const line of judged.lines) expect(plan.consequence).toContain(line)
    expect(plan.commands.at(-1)?.command).toContain('serve Org/New')
  })
})
