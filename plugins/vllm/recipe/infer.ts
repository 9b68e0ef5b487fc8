import { isGeneration } from '../config/capabilities.ts'
import type { ConfigFacts } from '../config/config-facts.ts'
import { describeFacts } from '../config/describe-facts.ts'
import { unevenHeads } from '../config/split.ts'
import { type Fit, fitModel } from '../fit/fit.ts'
import type { Suggestion } from '../views.ts'
import { inferArgs, inferMoeBackend, inferParsers } from './infer-parsers.ts'
import type { Recipe } from './recipe.ts'

const GIB = 2 ** 30
/** What CUDA sees of a GB10's 128 GB; used where a host never told its own figure. */
export const GB10_BYTES = 121.69 * GIB

export interface InferInput {
  repo: string
  facts: ConfigFacts
  weightBytes: number
  /** False while files are missing: then the weights are more than was counted. */
  isWhole: boolean
  /** Memory of the service's smallest GPU or, where it shares it, machine; null if no host told. */
  hostBytes: number | null
  /** Machines the service may span. */
  hosts: number
  /** GPUs with memory of their own that it may use in each of them. Default: none. */
  cards?: number
  /** Machines share a model, one GPU of each; else all GPUs of one machine do. Default: true. */
  isSpread?: boolean
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
  const { cards = 0, isSpread = true } = input
  const gpus = isSpread ? input.hosts : Math.max(1, cards)
  const fit = fitModel({
    ...{ ...facts, weightBytes, hostBytes, hosts: gpus },
    ...{ isCard: cards > 0, takesAll: !isSpread },
  })
  const parts = fit.nodes ?? fit.most
  const unit = cards > 0 ? 'card' : 'machine'
  const because = whySoMany(input, { fit, weightBytes, hostBytes, unit, takesAll: !isSpread })
  const nodes = put('nodes', isSpread ? parts : 1, because)
  // on one machine leaving it open means as many parts as GPUs
  const isOpen = !isSpread && parts === gpus
  if (!isOpen) {
    const why = isSpread
      ? 'one part of the model for each machine'
      : `so many of its ${gpus} GPUs can share the model evenly`
    put('tensor_parallel', parts, why)
  }
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
    ...(!isOpen && { tensor_parallel: parts }),
    gpu_memory_utilization: put(
      'gpu_memory_utilization',
      fit.utilization,
      cards > 0
        ? 'what vLLM takes by itself of a card'
        : 'leaves room for the system on memory shared with the GPU',
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

interface Reckoned {
  fit: Fit
  weightBytes: number
  hostBytes: number
  /** What a part of the model runs on. */
  unit: 'machine' | 'card'
  /** It gets all there are, needed or not. */
  takesAll: boolean
}

function whySoMany(input: InferInput, reckoned: Reckoned): string {
  const { fit, weightBytes, hostBytes, unit, takesAll } = reckoned
  const how = input.isWhole
    ? ''
    : weightBytes > input.weightBytes
      ? ' (by its config.json; the download is not complete)'
      : ' (so far; the download is not complete)'
  const weights = `${gib(weightBytes)} of weights${how}`
  const total = `${gib(hostBytes)} of memory${input.hostBytes ? '' : ' (assumed)'}`
  const uneven = fit.uneven
    .map(
      (parts) => `; ${parts} ${unit}s cannot share its ${unevenHeads(input.facts, parts)} evenly`,
    )
    .join('')
  if (fit.nodes === null) {
    const where = fit.most === 1 ? `one ${unit}` : `${fit.most} ${unit}s`
    return `${weights} do not fit on ${where} with ${total} each${uneven}; it will probably fail`
  }
  if (fit.nodes === 1) return `${weights} fit on one ${unit} with ${total}`
  if (takesAll) return `${fit.nodes} ${unit}s with ${total} each share ${weights}${uneven}`
  return `${weights} are too much for one ${unit} with ${total}; ${fit.nodes} share them${uneven}`
}

/** `Qwen/Qwen3-30B-A3B-FP8` → `Qwen3 30B A3B FP8`. */
export const titleOf = (repo: string): string =>
  repo.slice(repo.indexOf('/') + 1).replaceAll(/[-_]+/g, ' ')

const gib = (bytes: number): string => `${(bytes / GIB).toFixed(1)} GiB`
