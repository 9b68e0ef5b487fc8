/**
 * Bytes of an fp8 cache per token of context for the whole model, from a flattened config.json.
 * An upper bound: windowed layers count as if they kept everything only where no list of layers
 * says otherwise; fixed state per sequence is left to the overhead. Null when fields are missing.
 */
export function cacheBytesPerToken(config: Record<string, unknown>): number | null {
  const layers = fullAttentionLayers(config)
  if (layers === null) return null
  const latent = Number(config.kv_lora_rank)
  // MLA keeps one compressed vector per token instead of keys and values per head
  if (latent > 0) return layers * (latent + (Number(config.qk_rope_head_dim) || 0))
  const heads = Number(config.num_attention_heads)
  const kvHeads = Number(config.num_global_key_value_heads ?? config.num_key_value_heads) || heads
  const headDim =
    Number(config.global_head_dim ?? config.head_dim) || Number(config.hidden_size) / heads
  const valueDim = Number(config.v_head_dim) || headDim
  const bytes = layers * kvHeads * (headDim + valueDim)
  return Number.isFinite(bytes) && bytes > 0 ? bytes : null
}

/** Layers whose cache grows with the context. */
function fullAttentionLayers(config: Record<string, unknown>): number | null {
  const kinds = config.layer_types ?? config.layers_block_type
  if (Array.isArray(kinds)) {
    return kinds.filter((kind) => /^(full_attention|attention|full)$/.test(String(kind))).length
  }
  const pattern = config.hybrid_override_pattern
  if (typeof pattern === 'string') return pattern.split('*').length - 1
  const count = Number(config.num_hidden_layers)
  if (!Number.isInteger(count) || count <= 0) return null
  const every = Number(config.full_attention_interval)
  if (every > 1) return Math.floor(count / every)
  const windowed = config.hybrid_layer_pattern
  if (Array.isArray(windowed)) return windowed.filter((kind) => Number(kind) === 0).length
  return count
}
