import { Value } from '#core'
import type { ModelSizes } from '../fit/fit-wanted.ts'
import { launchSettings } from '../launch/launch-settings.ts'
import type { Recipe } from '../recipe/recipe.ts'
import { Settings } from '../settings.ts'
import type { SwapInput } from '../swap/swap-job.ts'
import type { PlanNode, SwapState, Wanted } from '../swap/swap-plan.ts'
import { planSwap } from '../swap/swap-plan.ts'

const GB = 1e9

export const sampleRecipe = (change: Partial<Recipe> = {}): Recipe => ({
  title: 'New 26B',
  repo: 'Org/New',
  tensor_parallel: 1,
  nodes: 1,
  gpu_memory_utilization: 0.7,
  tool_parser: 'hermes',
  ...change,
})

export const sampleNode = (id: string, change: Partial<PlanNode> = {}): PlanNode => ({
  id,
  address: `192.0.2.${id.slice(-1)}`,
  runtime: 'docker',
  hfHome: null,
  container: 'absent',
  totalBytes: 128 * GB,
  availableBytes: 104 * GB,
  freeBytes: null,
  gpus: [],
  users: [],
  footprintBytes: null,
  ...change,
})

export const sampleState = (change: Partial<SwapState> = {}): SwapState => ({
  ...launchSettings(
    Value.Default(Settings, { launcher_dir: '~/spark-vllm-docker' }) as Settings,
    'llm',
  ),
  port: 8888,
  serveAs: [],
  gpuCount: null,
  nodes: [sampleNode('spark-1'), sampleNode('spark-2')],
  served: null,
  isForeign: false,
  runningRequests: 0,
  drainS: 0,
  neighbours: [
    { title: 'Speech recognition', host: 'spark-2', containers: ['parakeet'] },
    { title: 'Speech', host: 'spark-2', containers: ['kokoro'] },
  ],
  ...change,
})

/** 30 GB of weights and a cache of nothing, so that sums are easily checked. */
export const sampleSizes = (change: Partial<ModelSizes> = {}): ModelSizes => ({
  weightBytes: 30 * GB,
  layout: { groups: [{ kind: 'none', count: 1 }] },
  heads: 32,
  contextLimit: 40_960,
  ...change,
})

export const sampleWanted = (change: Partial<Wanted> = {}): Wanted => ({
  recipe: sampleRecipe(),
  sizes: sampleSizes(),
  folder: null,
  lastSeconds: null,
  ...change,
})

/** The input of a swap job as the handler would make it. */
export function sampleInput(recipe: Partial<Recipe> = {}, drainS = 0): SwapInput {
  const wanted = sampleWanted({ recipe: sampleRecipe(recipe) })
  const plan = planSwap(sampleState({ drainS }), wanted)
  return {
    model: wanted.recipe.repo,
    title: wanted.recipe.title,
    nodes: plan.nodes,
    stop_nodes: plan.stopNodes,
    has_tools: wanted.recipe.tool_parser !== undefined,
    drain_s: drainS,
    launch: plan.launch,
  }
}
