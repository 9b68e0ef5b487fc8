/** What a model's config.json says about memory and length. */
export interface ModelShape {
  architecture: string
  modelType: string
  maxPositions: number
  /** Cache bytes of one token in all full-attention layers, on one of `tensorParallel` ranks. */
  kvBytesPerToken(tensorParallel: number, bytesPerValue: number): number
  /** Into how many groups vLLM parts the cache of a hybrid model; it reports one group's size. */
  cacheGroups: number
}

/** Reads the shape; fields of the language model may stand in `text_config`. */
export function readShape(config: Record<string, unknown>): ModelShape {
  const inner = config.text_config
  const text: Record<string, unknown> =
    typeof inner === 'object' && inner !== null ? { ...config, ...inner } : config
  const number = (name: string) =>
    typeof text[name] === 'number' ? (text[name] as number) : undefined
  const layers = number('num_hidden_layers') ?? 32
  const heads = number('num_attention_heads') ?? 32
  const headDim = number('head_dim') ?? (number('hidden_size') ?? 4096) / heads
  const types = Array.isArray(text.layer_types) ? text.layer_types : undefined
  const interval = number('full_attention_interval')
  const fullLayers = types
    ? types.filter((type) => type === 'full_attention').length
    : interval
      ? Math.floor(layers / interval)
      : layers
  const kvHeads = number('num_global_key_value_heads') ?? number('num_key_value_heads') ?? heads
  const fullDim = number('global_head_dim') ?? headDim
  const architectures = Array.isArray(config.architectures) ? config.architectures : []
  return {
    architecture: String(architectures[0] ?? 'UnknownForCausalLM'),
    modelType: String(config.model_type ?? 'unknown'),
    maxPositions: number('max_position_embeddings') ?? 32_768,
    cacheGroups: Math.max(1, Math.round(layers / Math.max(1, fullLayers))),
    kvBytesPerToken: (tensorParallel, bytesPerValue) =>
      fullLayers * Math.max(1, kvHeads / tensorParallel) * 2 * fullDim * bytesPerValue,
  }
}
