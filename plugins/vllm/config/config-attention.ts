import { type Config, isRecord, positive } from './config-text.ts'

/** Sizes of one layer's attention. */
export interface Attention {
  heads: number
  kvHeads: number
  keyDim: number
  valueDim: number
}

/** Attention of a layer that sees everything; undefined when sizes are missing. */
export function fullAttention(config: Config, layer: number): Attention | undefined {
  const plain = plainAttention(config)
  if (!plain) return undefined
  // Gemma 4 gives its global layers heads of their own
  const keyDim = positive(config, 'global_head_dim')
  return {
    ...plain,
    kvHeads:
      blockHeads(config, layer, plain.heads) ??
      positive(config, 'num_global_key_value_heads') ??
      plain.kvHeads,
    ...(keyDim !== undefined && { keyDim, valueDim: keyDim }),
  }
}

/** Attention of a layer with a window or chunk. */
export function windowAttention(config: Config): Attention | undefined {
  const plain = plainAttention(config)
  if (!plain) return undefined
  const keyDim = positive(config, 'swa_head_dim') ?? plain.keyDim
  return {
    heads: positive(config, 'swa_num_attention_heads') ?? plain.heads,
    kvHeads: positive(config, 'swa_num_key_value_heads') ?? plain.kvHeads,
    keyDim,
    valueDim: positive(config, 'swa_v_head_dim', 'v_head_dim') ?? keyDim,
  }
}

/** Query heads of the whole model, which a tensor-parallel size must divide. */
export const attentionHeads = (config: Config): number | undefined =>
  positive(config, 'num_attention_heads', 'n_head', 'n_heads')

function plainAttention(config: Config): Attention | undefined {
  const heads = attentionHeads(config)
  if (heads === undefined) return undefined
  const hidden = positive(config, 'hidden_size', 'n_embd', 'd_model')
  const keyDim = positive(config, 'head_dim') ?? (hidden && hidden / heads)
  if (keyDim === undefined) return undefined
  const kvHeads =
    positive(config, 'num_key_value_heads', 'num_attention_groups', 'num_kv_heads') ?? heads
  return { heads, kvHeads, keyDim, valueDim: positive(config, 'v_head_dim') ?? keyDim }
}

/** Puzzle models (Nemotron-NAS) say for each layer how many query heads share a key. */
function blockHeads(config: Config, layer: number, heads: number): number | undefined {
  const block: unknown = Array.isArray(config.block_configs)
    ? config.block_configs[layer]
    : undefined
  const attention = isRecord(block) && isRecord(block.attention) ? block.attention : {}
  const inGroup = positive(attention, 'n_heads_in_group')
  return inGroup === undefined ? positive(attention, 'num_key_value_heads') : heads / inGroup
}

/** Sizes of a linear-attention layer: gated delta net, or Kimi's, which has the same shape. */
export interface GatedDelta {
  keyHeads: number
  keyDim: number
  valueHeads: number
  valueDim: number
  kernel: number
  stateElementBytes: number
}

export function gatedDelta(config: Config): GatedDelta | undefined {
  const kimi = isRecord(config.linear_attn_config) ? config.linear_attn_config : undefined
  const keyHeads = kimi ? positive(kimi, 'num_heads') : positive(config, 'linear_num_key_heads')
  const keyDim = kimi ? positive(kimi, 'head_dim') : positive(config, 'linear_key_head_dim')
  if (keyHeads === undefined || keyDim === undefined) return undefined
  return {
    keyHeads,
    keyDim,
    valueHeads: positive(config, 'linear_num_value_heads') ?? keyHeads,
    valueDim: positive(config, 'linear_value_head_dim') ?? keyDim,
    kernel:
      positive(kimi ?? {}, 'short_conv_kernel_size') ??
      positive(config, 'linear_conv_kernel_dim') ??
      4,
    // vLLM keeps Kimi's state in fp32 whatever config.json says
    stateElementBytes: kimi ? 4 : stateElementBytes(config),
  }
}

/** Sizes of a Mamba-2 layer, under the names of Nemotron-H and of Granite and Bamba. */
export interface Mamba {
  heads: number
  headDim: number
  groups: number
  stateSize: number
  kernel: number
  stateElementBytes: number
}

export function mamba(config: Config): Mamba | undefined {
  const heads = positive(config, 'mamba_num_heads', 'mamba_n_heads')
  const headDim = positive(config, 'mamba_head_dim', 'mamba_d_head')
  const stateSize = positive(config, 'ssm_state_size', 'mamba_d_state')
  if (heads === undefined || headDim === undefined || stateSize === undefined) return undefined
  return {
    heads,
    headDim,
    stateSize,
    groups: positive(config, 'n_groups', 'mamba_n_groups') ?? 1,
    kernel: positive(config, 'conv_kernel', 'mamba_d_conv') ?? 4,
    stateElementBytes: stateElementBytes(config),
  }
}

const stateElementBytes = (config: Config): number =>
  (config.mamba_ssm_dtype ?? config.mamba_ssm_cache_dtype) === 'float32' ? 4 : 2
