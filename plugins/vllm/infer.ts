import type { ConfigFacts } from './config-facts.ts'
import { fitModel } from './fit.ts'
import { findParsers, MOE_BACKENDS, TEMPLATE_TOOL_PARSERS } from './parsers.ts'
import type { Recipe } from './recipe.ts'
import type { Suggestion } from './views.ts'

const GIB = 2 ** 30
/** What CUDA sees of a GB10's 128 GB; used where a host never told its own figure. */
export const GB10_BYTES = 121.69 * GIB

export interface InferInput {
  repo: string
  facts: ConfigFacts
  weightBytes: number
  /** False while files are missing: then the weights are more than was counted. */
  isWhole: boolean
  /** Memory of the smallest machine of the service; null if no host told. */
  hostBytes: number | null
  /** Machines the service may span. */
  hosts: number
}

type Why = Suggestion['why']

/** Launch settings for a model nobody wrote a recipe for, each with its reason. */
export function inferRecipe(input: InferInput): Suggestion {
  const { repo, facts } = input
  const why: Why = []
  const put = <V>(field: string, value: V, because: string): V => {
    why.push({ field, value, because })
    return value
  }
  const spread = inferSpread(input, put)
  const parsers = inferParsers(repo, facts, put)
  const moe = inferMoeBackend(facts, put)
  const recipe: Recipe = {
    title: put('title', titleOf(repo), 'from the repo id'),
    repo,
    ...spread,
    ...parsers,
    ...(moe && { moe_backend: moe }),
  }
  return { repo, recipe, why }
}

type Put = <V>(field: string, value: V, because: string) => V

function inferSpread(input: InferInput, put: Put) {
  const { facts, weightBytes } = input
  const hostBytes = input.hostBytes ?? GB10_BYTES
  const fit = fitModel({ ...facts, weightBytes, hostBytes, hosts: input.hosts })
  const weights = `${gib(weightBytes)} of weights${input.isWhole ? '' : ' (so far; the download is not complete)'}`
  const total = `${gib(hostBytes)} of memory${input.hostBytes ? '' : ' (assumed)'}`
  const nodes = fit.nodes ?? largestUsable(input.hosts)
  const because =
    fit.nodes === null
      ? `${weights} do not fit on ${input.hosts === 1 ? 'one machine' : `${input.hosts} machines`} with ${total} each; it will probably fail`
      : fit.nodes === 1
        ? `${weights} fit on one machine with ${total}`
        : `${weights} are too much for one machine with ${total}; ${fit.nodes} share them`
  put('nodes', nodes, because)
  put('tensor_parallel', nodes, 'one part of the model for each machine')
  const isFp8 = /For(CausalLM|ConditionalGeneration)$/.test(facts.architecture)
  const maxModelLen = fit.maxModelLen ?? undefined
  if (maxModelLen !== undefined) {
    put(
      'max_model_len',
      maxModelLen,
      maxModelLen === facts.contextLimit
        ? 'the context the model was made for'
        : `the model allows ${facts.contextLimit}; this is what the memory left over holds`,
    )
  }
  return {
    nodes,
    tensor_parallel: nodes,
    gpu_memory_utilization: put(
      'gpu_memory_utilization',
      fit.utilization,
      'leaves room for the system on memory shared with the GPU',
    ),
    ...(maxModelLen !== undefined && { max_model_len: Math.max(256, maxModelLen) }),
    ...(isFp8 && {
      kv_cache_dtype: put('kv_cache_dtype', 'fp8' as const, 'twice the context in the same memory'),
    }),
  }
}

function inferParsers(repo: string, facts: ConfigFacts, put: Put) {
  const hasChat = facts.capabilities.includes('chat')
  const row = findParsers(repo, facts.modelType)
  const found: { tool_parser?: string; reasoning_parser?: string } = {}
  if (!hasChat) return found
  const sniffed = TEMPLATE_TOOL_PARSERS.find(([marker]) => facts.markers.includes(marker))
  if (row?.tool) {
    found.tool_parser = put('tool_parser', row.tool, `what ${facts.modelType} models speak`)
  } else if (!row && sniffed) {
    found.tool_parser = put('tool_parser', sniffed[1], 'what its chat template speaks')
  }
  if (row?.reasoning) {
    found.reasoning_parser = put(
      'reasoning_parser',
      row.reasoning,
      `how ${facts.modelType} models think`,
    )
  }
  return found
}

function inferMoeBackend(facts: ConfigFacts, put: Put): string | undefined {
  if (!facts.isMoe || facts.quantization === 'none') return undefined
  const row = MOE_BACKENDS.find(
    ({ modelType, quantization }) =>
      modelType.test(facts.modelType) && quantization.test(facts.quantization),
  )
  if (!row) return undefined
  return put('moe_backend', row.backend, `${facts.quantization} experts run on it`)
}

/** `Qwen/Qwen3-30B-A3B-FP8` → `Qwen3 30B A3B FP8`. */
export const titleOf = (repo: string): string =>
  repo.slice(repo.indexOf('/') + 1).replaceAll(/[-_]+/g, ' ')

const largestUsable = (hosts: number): number =>
  Math.max(...[1, 2, 4, 8].filter((nodes) => nodes <= Math.max(1, hosts)))

const gib = (bytes: number): string => `${(bytes / GIB).toFixed(1)} GiB`
