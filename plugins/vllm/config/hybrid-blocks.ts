import {
  type CacheOptions,
  isState,
  isWindowed,
  keptTokens,
  type LayerGroup,
  type Layout,
  layerStateBytes,
  layerTokenBytes,
  sequenceBytes,
} from './layout.ts'

/**
 * How vLLM cuts the cache of a model that keeps both tokens and states: into blocks of one size,
 * large enough for a state, handed to groups of equally many layers.
 * Source: vLLM v1/core/kv_cache_utils.py, checked against logs of real starts.
 */
export interface HybridBlocks {
  /** Tokens of attention a block holds; vLLM logs it as "attention block size". */
  blockTokens: number
  /** Bytes of one block in all layers of a group. */
  blockBytes: number
  /** What a state leaves unused of its block, in percent. */
  paddingPercent: number
  /** Groups that grow with the context, that keep a window, that keep states. */
  groups: { full: number; window: number; state: number }
}

export interface BlockOptions extends CacheOptions {
  /** Layers of a drafting head (MTP), which count as full attention. Default: 0. */
  draftLayers?: number
  /** Prefix caching keeps one state more to go back to. Default: true. */
  hasPrefixCache?: boolean
}

/** The blocks of a hybrid model; undefined for one that keeps no state, or nothing but states. */
export function hybridBlocks(layout: Layout, options: BlockOptions): HybridBlocks | undefined {
  const states = layout.groups.filter(isState)
  const attention = layout.groups.filter((group) => group.kind !== 'none' && !isState(group))
  const [first] = attention.filter((group) => !isWindowed(group))
  if (states.length === 0 || !first) return undefined
  const state = Math.max(...states.map((group) => layerStateBytes(group, options)))
  const token = layerTokenBytes(first, options)
  const blockTokens = Math.ceil(state / token / 16) * 16
  const counts = {
    full: countLayers(attention, (group) => !isWindowed(group)) + (options.draftLayers ?? 0),
    window: countLayers(attention, isWindowed),
    state: countLayers(states, () => true),
  }
  const layers = Math.min(...Object.values(counts).filter((count) => count > 0))
  return {
    blockTokens,
    blockBytes: layers * blockTokens * token,
    paddingPercent: (100 * (blockTokens * token - state)) / state,
    groups: {
      full: Math.ceil(counts.full / layers),
      window: Math.ceil(counts.window / layers),
      state: Math.ceil(counts.state / layers),
    },
  }
}

/** What vLLM reports once it knows how much memory is left for the cache. */
export interface Capacity {
  blocks: number
  /** "GPU KV cache size"; it understates, as it counts the groups of states too. */
  reportedTokens: number
  /** "Maximum concurrency" for sequences of that many tokens. */
  concurrency: number
}

/** What so many bytes of cache hold of a hybrid model. */
export function hybridCapacity(
  layout: Layout,
  cacheBytes: number,
  tokens: number,
  options: BlockOptions,
): Capacity | undefined {
  const cut = hybridBlocks(layout, options)
  if (!cut) return undefined
  const { full, window, state } = cut.groups
  const blocks = Math.floor(cacheBytes / cut.blockBytes)
  return {
    blocks,
    reportedTokens: Math.floor(blocks / (full + window + state)) * cut.blockTokens,
    concurrency: blocks / blocksOf(layout, cut, tokens, options),
  }
}

/** Bytes of cache one sequence of so many tokens takes, in whole blocks where there are such. */
export function cacheBytes(layout: Layout, tokens: number, options: BlockOptions): number {
  const cut = hybridBlocks(layout, options)
  if (cut) return blocksOf(layout, cut, tokens, options) * cut.blockBytes
  const [first] = layout.groups.filter((group) => group.kind === 'full' || group.kind === 'mla')
  const draft = first ? layerTokenBytes(first, options) * (options.draftLayers ?? 0) * tokens : 0
  return sequenceBytes(layout, tokens, options) + draft
}

/** The longest sequence that so many bytes of cache hold, at most `limit`; 0 if none. */
export function longestSequence(
  layout: Layout,
  bytes: number,
  limit: number,
  options: BlockOptions,
): number {
  const fits = (tokens: number) => cacheBytes(layout, tokens, options) <= bytes
  if (fits(limit)) return limit
  let [low, high] = [0, limit]
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (fits(middle)) low = middle
    else high = middle
  }
  return low
}

function blocksOf(
  layout: Layout,
  { blockTokens, groups }: HybridBlocks,
  tokens: number,
  options: BlockOptions,
): number {
  const { draftTokens = 0, hasPrefixCache = true } = options
  const kept = layout.groups.filter(isWindowed).map((group) => keptTokens(group, tokens, options))
  return (
    groups.full * Math.ceil(tokens / blockTokens) +
    groups.window * Math.ceil(Math.max(0, ...kept) / blockTokens) +
    groups.state * ((hasPrefixCache ? 2 : 1) + draftTokens)
  )
}

const countLayers = (
  groups: readonly LayerGroup[],
  isOne: (group: LayerGroup) => boolean,
): number => groups.filter(isOne).reduce((total, { count }) => total + count, 0)
