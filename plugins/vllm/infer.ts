import { isGeneration } from './capabilities.ts'
import type { ConfigFacts } from './config-facts.ts'
import { describeFacts } from './describe-facts.ts'
import { type Fit, fitModel } from './fit.ts'
import { inferArgs, inferMoeBackend, inferParsers } from './infer-parsers.ts'
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

/** Notes why a field has its value, and gives the value back. */
export type Put = <V>(field: string, value: V, because: string) => V

/** Launch settings for a model nobody wrote a recipe for, each with its reason. */
export function inferRecipe(input: InferInput): Suggestion {
  const { repo, facts } = input
  const why: Why = []
  const put: Put = (field, value, because) => {
    why.push({ field, value, because })
    return value
  }
  const spread = inferSpread(input, put)
  const parsers = inferParsers(repo, facts, put)
  const moe = inferMoeBackend(facts, put)
  const args = inferArgs(facts, put)
  const recipe: Recipe = {
    title: put('title', titleOf(repo), 'from the repo id'),
    repo,
    ...spread,
    ...parsers,
    ...(moe && { moe_backend: moe }),
    ...(args && { args }),
  }
  return { repo, recipe, why, facts: describeFacts(facts) }
}

function inferSpread(input: InferInput, put: Put) {
  const { facts } = input
  const weightBytes = weightsWhenWhole(input)
  const hostBytes = input.hostBytes ?? GB10_BYTES
  const fit = fitModel({ ...facts, weightBytes, hostBytes, hosts: input.hosts })
  const nodes = put('nodes', fit.nodes ?? fit.most, whySoMany(input, fit, weightBytes, hostBytes))
  put('tensor_parallel', nodes, 'one part of the model for each machine')
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
  const hasCache = isGeneration(facts.architecture) && !facts.capabilities.includes('embedding')
  const twice = 'twice the context in the same memory'
  return {
    nodes,
    tensor_parallel: nodes,
    gpu_memory_utilization: put(
      'gpu_memory_utilization',
      fit.utilization,
      'leaves room for the system on memory shared with the GPU',
    ),
    ...(maxModelLen !== undefined && { max_model_len: Math.max(256, maxModelLen) }),
    ...(hasCache && {
      kv_cache_dtype: put(
        'kv_cache_dtype',
        'fp8' as const,
        facts.hasFp8Cache ? `${twice}; its makers measured the cache for it` : twice,
      ),
    }),
  }
}

/** Bytes on disk, or what config.json promises while the download is not complete. */
const weightsWhenWhole = ({ facts, weightBytes, isWhole }: InferInput): number =>
  isWhole ? weightBytes : Math.max(weightBytes, facts.estimatedWeightBytes ?? 0)

function whySoMany(input: InferInput, fit: Fit, weightBytes: number, hostBytes: number): string {
  const how = input.isWhole
    ? ''
    : weightBytes > input.weightBytes
      ? ' (by its config.json; the download is not complete)'
      : ' (so far; the download is not complete)'
  const weights = `${gib(weightBytes)} of weights${how}`
  const total = `${gib(hostBytes)} of memory${input.hostBytes ? '' : ' (assumed)'}`
  const uneven = fit.uneven.map(
    (nodes) =>
      `; ${nodes} machines cannot share its ${input.facts.heads ?? 'attention'} heads evenly`,
  )
  if (fit.nodes === null) {
    const where = fit.most === 1 ? 'one machine' : `${fit.most} machines`
    return `${weights} do not fit on ${where} with ${total} each${uneven.join('')}; it will probably fail`
  }
  if (fit.nodes === 1) return `${weights} fit on one machine with ${total}`
  return `${weights} are too much for one machine with ${total}; ${fit.nodes} share them${uneven.join('')}`
}

/** `Qwen/Qwen3-30B-A3B-FP8` → `Qwen3 30B A3B FP8`. */
export const titleOf = (repo: string): string =>
  repo.slice(repo.indexOf('/') + 1).replaceAll(/[-_]+/g, ' ')

const gib = (bytes: number): string => `${(bytes / GIB).toFixed(1)} GiB`
