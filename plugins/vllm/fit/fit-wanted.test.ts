import { expect, it } from 'vitest'
import type { LayerGroup } from '../config/layout.ts'
import type { Recipe } from '../recipe/recipe.ts'
import { sampleRecipe, sampleSizes } from '../testing/samples.ts'
import { wantedOf } from './fit-wanted.ts'

const wanted = (recipe: Recipe, sizes = sampleSizes()) =>
  wantedOf(recipe, sizes, { parts: recipe.tensor_parallel ?? 1, args: recipe.args ?? [] })
const cacheOf = (change: Parameters<typeof sampleRecipe>[0]) => wanted(sampleRecipe(change)).cache

it.each<[string, Parameters<typeof sampleRecipe>[0], object]>([
  ['nothing said', {}, { elementBytes: 2, tensorParallel: 1, hasPrefixCache: true }],
  ['an fp8 cache', { kv_cache_dtype: 'fp8_e4m3' }, { elementBytes: 1 }],
  ['parts', { nodes: 2, tensor_parallel: 2 }, { tensorParallel: 2 }],
  [
    'a flag and its value',
    { args: ['--max-num-batched-tokens', '4096'] },
    { maxBatchedTokens: 4096 },
  ],
  [
    'a flag with its value',
    { args: ['--max-num-batched-tokens=2048'] },
    { maxBatchedTokens: 2048 },
  ],
  ['no prefix cache', { args: ['--no-enable-prefix-caching'] }, { hasPrefixCache: false }],
  [
    'tokens drafted ahead',
    { args: ['--speculative-config', '{"method":"mtp","num_speculative_tokens":2}'] },
    { draftTokens: 2, draftLayers: 1 },
  ],
])('of a recipe with %s', (_, change, expected) => {
  expect(cacheOf(change)).toMatchObject(expected)
})

it('takes what is no JSON for no drafting', () => {
  expect(cacheOf({ args: ['--speculative-config', '{'] })).not.toHaveProperty('draftTokens')
})

it('the context is the recipe’s, else the model’s', () => {
  const sizes = sampleSizes({ contextLimit: 40_960 })
  expect(wanted(sampleRecipe(), sizes).context).toBe(40_960)
  expect(wanted(sampleRecipe({ max_model_len: 8192 }), sizes).context).toBe(8192)
})

it('a precision given for states is the one that counts', () => {
  const state: LayerGroup = {
    ...{ kind: 'mamba' as const, count: 1, convWidth: 8, convKernel: 4 },
    ...{ stateElements: 64, stateElementBytes: 2 },
  }
  const layoutWith = (args: string[]) =>
    wanted(sampleRecipe({ args }), sampleSizes({ layout: { groups: [state] } })).layout?.groups[0]
  expect(layoutWith(['--mamba_ssm_cache_dtype', 'float32'])).toEqual({
    ...state,
    stateElementBytes: 4,
  })
  expect(layoutWith(['--mamba-ssm-cache-dtype', 'auto'])).toEqual(state)
})
