/**
 * What a model keeps of every sequence, as groups of layers that keep the same. Element counts, not
 * bytes: the precision of the cache and the number of machines are chosen later.
 * Source: vLLM v1/kv_cache_interface.py.
 */
export interface Layout {
  groups: LayerGroup[]
  /** The key of config.json that says so. */
  from?: string
  /** Why the figures are an upper bound only; absent where they are exact. */
  estimate?: string
}

interface Heads {
  kvHeads: number
  keyDim: number
  valueDim: number
}

export type LayerGroup = { count: number } & (
  | ({ kind: 'full' } & Heads)
  /** `window`: the last so many tokens; `chunk`: those of the present chunk. */
  | ({ kind: 'window' | 'chunk'; window: number } & Heads)
  /** One compressed vector for all heads; sparse attention adds an index to search it by. */
  | { kind: 'mla'; latentDim: number; ropeDim: number; indexDim: number | null }
  /** A state of fixed size, whatever the length. */
  | {
      kind: 'gdn' | 'mamba'
      convWidth: number
      convKernel: number
      stateElements: number
      stateElementBytes: number
    }
  /** Experts, MLPs, attention left out or shared with another layer. */
  | { kind: 'none' }
)

export type AttentionGroup = Extract<LayerGroup, { kind: 'full' | 'window' | 'chunk' | 'mla' }>
export type StateGroup = Extract<LayerGroup, { kind: 'gdn' | 'mamba' }>

/** How a model is run, as far as its cache cares. */
export interface CacheOptions {
  /** Bytes of one element: 2 for bf16, 1 for fp8. */
  elementBytes: 1 | 2
  /** Machines that share the heads; figures are then those of one machine. Default: 1. */
  tensorParallel?: number
  /** Tokens drafted ahead, each of which keeps a state of its own. Default: 0. */
  draftTokens?: number
  /** Default: 8192, vLLM's on GPUs of this size. */
  maxBatchedTokens?: number
}

const MAX_BATCHED_TOKENS = 8192

/** Bytes one token takes in one layer. */
export function layerTokenBytes(group: LayerGroup, options: CacheOptions): number {
  const { elementBytes, tensorParallel = 1 } = options
  if (group.kind === 'mla') {
    const { latentDim, ropeDim, indexDim } = group
    // fp8_ds_mla: the latent in fp8 with a scale for every 128, the rope part stays bf16
    const vector =
      indexDim !== null && elementBytes === 1
        ? latentDim + (latentDim / 128) * 4 + ropeDim * 2
        : (latentDim + ropeDim) * elementBytes
    return vector + (indexDim === null ? 0 : indexDim + (indexDim / 128) * 4)
  }
  if (!('kvHeads' in group)) return 0
  const heads = Math.max(1, group.kvHeads / tensorParallel)
  return heads * (group.keyDim + group.valueDim) * elementBytes
}

/** Bytes the fixed state of one layer takes for one sequence. */
export function layerStateBytes(group: LayerGroup, options: CacheOptions): number {
  if (!isState(group)) return 0
  const { tensorParallel = 1, draftTokens = 0 } = options
  const conv = group.convWidth * (group.convKernel - 1 + draftTokens) * 2
  return (conv + group.stateElements * group.stateElementBytes) / tensorParallel
}

/** Bytes every token of context takes, however long it gets. */
export const bytesPerToken = (layout: Layout, options: CacheOptions): number =>
  sum(layout, (group) => (isWindowed(group) ? 0 : layerTokenBytes(group, options)))

/** Bytes of every token that is still inside the windows. */
export const windowBytesPerToken = (layout: Layout, options: CacheOptions): number =>
  sum(layout, (group) => (isWindowed(group) ? layerTokenBytes(group, options) : 0))

/** Bytes a sequence takes before its first token. */
export const stateBytesPerSequence = (layout: Layout, options: CacheOptions): number =>
  sum(layout, (group) => layerStateBytes(group, options))

/** Bytes one sequence of so many tokens takes. */
export function sequenceBytes(layout: Layout, tokens: number, options: CacheOptions): number {
  return sum(
    layout,
    (group) =>
      layerTokenBytes(group, options) * keptTokens(group, tokens, options) +
      layerStateBytes(group, options),
  )
}

/** Tokens a layer keeps: those of a window or chunk, and what is being read in. */
export function keptTokens(group: LayerGroup, tokens: number, options: CacheOptions): number {
  if (!isWindowed(group)) return tokens
  const batched = options.maxBatchedTokens ?? MAX_BATCHED_TOKENS
  return Math.min(tokens, group.window - (group.kind === 'window' ? 1 : 0) + batched)
}

export const isWindowed = (
  group: LayerGroup,
): group is Extract<LayerGroup, { kind: 'window' | 'chunk' }> =>
  group.kind === 'window' || group.kind === 'chunk'

export const isState = (group: LayerGroup): group is StateGroup =>
  group.kind === 'gdn' || group.kind === 'mamba'

const sum = ({ groups }: Layout, bytesOf: (group: LayerGroup) => number): number =>
  groups.reduce((total, group) => total + group.count * bytesOf(group), 0)
