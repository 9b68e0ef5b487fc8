import { type ConfigFacts, readFacts } from '../config/config-facts.ts'

/** What is read of a config with a chat template beside it. */
export function facts(
  config: object,
  more: { markers?: string[]; quantConfig?: string } = {},
): ConfigFacts {
  const read = readFacts({ config: JSON.stringify(config), markers: ['template'], ...more })
  if (!read) throw new Error('unreadable')
  return read
}

/** A small dense model. */
export const dense = {
  architectures: ['Qwen3ForCausalLM'],
  model_type: 'qwen3',
  hidden_size: 1024,
  num_attention_heads: 16,
  num_key_value_heads: 4,
  head_dim: 128,
  num_hidden_layers: 10,
  max_position_embeddings: 40960,
}
