import {
  type Attention,
  attentionHeads,
  fullAttention,
  gatedDelta,
  mamba,
  windowAttention,
} from './config-attention.ts'
import { type LayerKind, readLayers } from './config-layers.ts'
import { type Config, isRecord, positive, wordOf } from './config-text.ts'

/** Parameters by what becomes of them when the weights are quantized. */
export interface Parameters {
  total: number
  /** Embeddings and the head, which stay in 16 bit. */
  embeddings: number
  attention: number
}

/**
 * Parameters of the text model by config.json alone, without drafting layers and vision: within
 * 0.1 % of what the makers state. Undefined when sizes are missing.
 */
export function countParameters(config: Config): Parameters | undefined {
  const hidden = positive(config, 'hidden_size')
  const vocabulary = positive(config, 'vocab_size')
  const layers = readLayers(config)
  if (hidden === undefined || vocabulary === undefined || !layers) return undefined
  const embeddings = vocabulary * hidden * (config.tie_word_embeddings === true ? 1 : 2)
  // Nemotron-H: a layer is attention or mixer or feed-forward, never two of them
  const isSplit = layers.kinds.some((kind) => kind === 'moe' || kind === 'mlp')
  let attention = 0
  let rest = 0
  for (const [at, kind] of layers.kinds.entries()) {
    attention += mixerParameters(config, hidden, kind, at)
    if (!isSplit || kind === 'mlp' || kind === 'moe') {
      rest += forwardParameters(config, hidden, at, isSplit ? kind === 'moe' : undefined)
    }
  }
  const total = embeddings + attention + rest
  return Number.isFinite(total) ? { total, embeddings, attention } : undefined
}

function mixerParameters(config: Config, hidden: number, kind: LayerKind, at: number): number {
  switch (kind) {
    case 'full':
      return positive(config, 'kv_lora_rank')
        ? latentParameters(config, hidden)
        : attentionParameters(config, hidden, fullAttention(config, at), isValueKey(config))
    case 'window':
    case 'chunk':
      return attentionParameters(config, hidden, windowAttention(config), false)
    case 'gdn':
      return deltaParameters(config, hidden)
    case 'mamba':
      return mambaParameters(config, hidden)
    default:
      return 0
  }
}

function attentionParameters(
  config: Config,
  hidden: number,
  sizes: Attention | undefined,
  isShared: boolean,
): number {
  if (!sizes) return Number.NaN
  const { heads, kvHeads, keyDim, valueDim } = sizes
  const queries = heads * keyDim * (config.attn_output_gate === true ? 2 : 1)
  const values = isShared ? 0 : kvHeads * valueDim
  const low = positive(config, 'q_lora_rank')
  // DeepSeek-V4 narrows what comes out of each group of heads, too
  const lowOut = positive(config, 'o_lora_rank')
  const out = heads * valueDim
  return (
    (low ? low * (hidden + queries) : hidden * queries) +
    hidden * (kvHeads * keyDim + values) +
    (lowOut ? lowOut * (out + hidden * (positive(config, 'o_groups') ?? 1)) : hidden * out)
  )
}

/** One projection gives keys and values both: Gemma 4's global layers, DeepSeek-V4. */
const isValueKey = (config: Config): boolean =>
  config.attention_k_eq_v === true || Array.isArray(config.compress_ratios)

/** MLA, and the indexer of its sparse form. */
function latentParameters(config: Config, hidden: number): number {
  const heads = attentionHeads(config) ?? Number.NaN
  const latent = positive(config, 'kv_lora_rank') ?? Number.NaN
  const rope = positive(config, 'qk_rope_head_dim') ?? 0
  const nope = positive(config, 'qk_nope_head_dim') ?? 0
  const value = positive(config, 'v_head_dim') ?? nope
  const low = positive(config, 'q_lora_rank')
  const queries = heads * (nope + rope)
  const indexHeads = positive(config, 'index_n_heads') ?? 0
  const indexDim = positive(config, 'index_head_dim') ?? 0
  return (
    (low ? hidden * low + low * queries : hidden * queries) +
    hidden * (latent + rope) +
    latent * heads * (nope + value) +
    heads * value * hidden +
    (low ?? hidden) * indexHeads * indexDim +
    hidden * (indexDim + indexHeads)
  )
}

function deltaParameters(config: Config, hidden: number): number {
  const sizes = gatedDelta(config)
  if (!sizes) return 0
  const keys = sizes.keyHeads * sizes.keyDim
  const values = sizes.valueHeads * sizes.valueDim
  const conv = (2 * keys + values) * sizes.kernel
  return hidden * (2 * keys + 3 * values + 2 * sizes.valueHeads) + conv
}

function mambaParameters(config: Config, hidden: number): number {
  const sizes = mamba(config)
  if (!sizes) return 0
  const inner = sizes.heads * sizes.headDim
  const states = 2 * sizes.groups * sizes.stateSize
  return hidden * (3 * inner + states + sizes.heads) + (inner + states) * sizes.kernel
}

/** Feed-forward of one layer. `isMoe` is given where the layer's own kind says it. */
function forwardParameters(config: Config, hidden: number, at: number, isMoe?: boolean): number {
  // squared ReLU has no gate: two matrices instead of three
  const matrices = /^nemotron(_h|$)/.test(wordOf(config.model_type)) ? 2 : 3
  const inner = positive(config, 'intermediate_size') ?? blockWidth(config, hidden, at)
  const dense = matrices * hidden * (positive(config, 'intermediate_size_mlp') ?? inner)
  if (!(isMoe ?? isMoeLayer(config, at))) return dense
  const experts = countExperts(config)
  const width = positive(config, 'moe_intermediate_size', 'expert_ffn_hidden_size') ?? inner
  const latent = positive(config, 'moe_latent_size', 'routed_expert_hidden_size')
  const shared =
    positive(
      config,
      'moe_shared_expert_intermediate_size',
      'shared_expert_intermediate_size',
      'shared_intermediate_size',
      'share_expert_dim',
    ) ?? countShared(config) * width
  return (
    experts * matrices * (latent ?? hidden) * width +
    (latent === undefined ? 0 : 2 * hidden * latent) +
    hidden * experts +
    matrices * hidden * shared +
    // Gemma 4 has experts beside a dense part
    (config.enable_moe_block === true ? dense : 0)
  )
}

/** Every layer with experts of Llama 4 has one that is always used, which its config leaves out. */
const countShared = (config: Config): number =>
  positive(config, 'n_shared_experts', 'num_shared_experts') ??
  (/^llama4/.test(wordOf(config.model_type)) ? 1 : 0)

/** Puzzle models give each layer's width as a multiple, in steps of 256. */
function blockWidth(config: Config, hidden: number, at: number): number {
  const block: unknown = Array.isArray(config.block_configs) ? config.block_configs[at] : undefined
  const forward = isRecord(block) && isRecord(block.ffn) ? block.ffn : {}
  const multiple = forward.no_op === true ? undefined : positive(forward, 'ffn_mult')
  return multiple === undefined ? 0 : Math.ceil((2 * multiple * hidden) / 3 / 256) * 256
}

/** Experts of a layer; 0 or 1 for a dense model. */
export const countExperts = (config: Config): number =>
  positive(config, 'num_experts', 'num_local_experts', 'n_routed_experts', 'moe_num_experts') ?? 0

function isMoeLayer(config: Config, at: number): boolean {
  if (countExperts(config) <= 1) return false
  if (at < (positive(config, 'first_k_dense_replace') ?? 0)) return false
  const { moe_layer_freq: freq, mlp_only_layers: dense } = config
  if (Array.isArray(freq)) return freq[at] === 1 || freq[at] === true
  if (Array.isArray(dense) && dense.includes(at)) return false
  const step = positive(config, 'decoder_sparse_step', 'interleave_moe_layer_step') ?? 1
  return (at + 1) % step === 0 && (typeof freq !== 'number' || at % freq === 0)
}
