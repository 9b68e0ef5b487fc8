import { isRecord } from '../config/config-text.ts'
import type { BlockOptions } from '../config/hybrid-blocks.ts'
import type { Layout } from '../config/layout.ts'
import type { Recipe } from '../recipe/recipe.ts'

/** What is known of a model apart from how it is launched. */
export interface ModelSizes {
  weightBytes: number
  layout: Layout | null
  /** Query heads; null if unknown. */
  heads: number | null
  /** Context the model was made for; null if it does not say. */
  contextLimit: number | null
}

/** A model with the settings that decide how much memory it takes. */
export interface FitWanted extends ModelSizes {
  /** GPUs that share it. */
  parts: number
  /** Tokens a sequence may have; null if neither settings nor model say. */
  context: number | null
  utilization: number
  cache: BlockOptions
}

/** The settings of a recipe, as far as memory goes; `args` are the service's and the recipe's. */
export function wantedOf(
  recipe: Recipe,
  sizes: ModelSizes,
  { parts, args }: { parts: number; args: readonly string[] },
): FitWanted {
  const batched = Number(argument(args, 'max-num-batched-tokens'))
  const draft = draftOf(argument(args, 'speculative-config'))
  return {
    ...sizes,
    layout: withStatePrecision(sizes.layout, args),
    parts,
    context: recipe.max_model_len ?? sizes.contextLimit,
    utilization: recipe.gpu_memory_utilization,
    cache: {
      elementBytes: recipe.kv_cache_dtype?.startsWith('fp8') ? 1 : 2,
      tensorParallel: parts,
      hasPrefixCache: !args.includes('--no-enable-prefix-caching'),
      ...(batched > 0 && { maxBatchedTokens: batched }),
      ...draft,
    },
  }
}

/** The value behind a flag, `--flag value` or `--flag=value`; `-` and `_` are the same to vLLM. */
function argument(args: readonly string[], flag: string): string | undefined {
  const name = (word: string) => word.split('=')[0]?.replaceAll('_', '-')
  // the last one counts
  const at = args.findLastIndex((word) => name(word) === `--${flag}`)
  const found = args[at]
  if (found === undefined) return undefined
  return found.includes('=') ? found.slice(found.indexOf('=') + 1) : args[at + 1]
}

/** A drafting head is one more layer with a cache, and drafts so many tokens ahead. */
function draftOf(text: string | undefined): { draftTokens?: number; draftLayers?: number } {
  if (text === undefined) return {}
  try {
    const given: unknown = JSON.parse(text)
    const tokens = isRecord(given) ? Number(given.num_speculative_tokens) : Number.NaN
    return tokens > 0 ? { draftTokens: tokens, draftLayers: 1 } : {}
  } catch {
    // vLLM will refuse it in its own words; it changes nothing about memory
    return {}
  }
}

function withStatePrecision(layout: Layout | null, args: readonly string[]): Layout | null {
  const given = argument(args, 'mamba-ssm-cache-dtype')
  if (!layout || given === undefined || given === 'auto') return layout
  const stateElementBytes = given === 'float32' ? 4 : 2
  return {
    ...layout,
    groups: layout.groups.map((group) =>
      'stateElementBytes' in group ? { ...group, stateElementBytes } : group,
    ),
  }
}
