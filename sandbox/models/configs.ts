// config.json of the families, in their true shape, written from their public figures.

type Config = Record<string, unknown>

const FP8_BLOCKS = {
  quant_method: 'fp8',
  fmt: 'e4m3',
  activation_scheme: 'dynamic',
  weight_block_size: [128, 128],
}

/** Every n-th layer full attention, the others of `kind`. */
function layerTypes(count: number, every: number, kind: string): string[] {
  return Array.from({ length: count }, (_each, index) =>
    (index + 1) % every === 0 ? 'full_attention' : kind,
  )
}

/** Qwen3.6 35B A3B: 10 full attention layers, 30 with a fixed state, 256 experts, vision. */
export function qwen35Moe({ fp8 }: { fp8: boolean }): Config {
  return {
    architectures: ['Qwen3_5MoeForConditionalGeneration'],
    model_type: 'qwen3_5_moe',
    dtype: 'bfloat16',
    tie_word_embeddings: false,
    image_token_id: 248056,
    text_config: {
      model_type: 'qwen3_5_moe_text',
      dtype: 'bfloat16',
      hidden_size: 2048,
      num_hidden_layers: 40,
      layer_types: layerTypes(40, 4, 'linear_attention'),
      full_attention_interval: 4,
      num_attention_heads: 16,
      num_key_value_heads: 2,
      head_dim: 256,
      linear_conv_kernel_dim: 4,
      linear_key_head_dim: 128,
      linear_num_key_heads: 16,
      linear_num_value_heads: 32,
      linear_value_head_dim: 128,
      mamba_ssm_dtype: 'float32',
      num_experts: 256,
      num_experts_per_tok: 8,
      moe_intermediate_size: 512,
      shared_expert_intermediate_size: 512,
      mtp_num_hidden_layers: 1,
      max_position_embeddings: 262_144,
      vocab_size: 248_320,
      tie_word_embeddings: false,
    },
    vision_config: {
      model_type: 'qwen3_5_moe_vision',
      depth: 27,
      hidden_size: 1152,
      patch_size: 16,
    },
    quantization_config: fp8
      ? FP8_BLOCKS
      : { quant_method: 'modelopt', quant_algo: 'MIXED_PRECISION', quantized_layers: {} },
  }
}

/** Gemma 4 26B A4B: 5 full attention layers with heads of their own, 25 with a window of 1024. */
export function gemma4(): Config {
  return {
    architectures: ['Gemma4ForConditionalGeneration'],
    model_type: 'gemma4',
    dtype: 'bfloat16',
    tie_word_embeddings: true,
    audio_config: null,
    text_config: {
      model_type: 'gemma4_text',
      dtype: 'bfloat16',
      hidden_size: 2816,
      intermediate_size: 2112,
      num_hidden_layers: 30,
      layer_types: layerTypes(30, 6, 'sliding_attention'),
      num_attention_heads: 16,
      num_key_value_heads: 8,
      head_dim: 256,
      num_global_key_value_heads: 2,
      global_head_dim: 512,
      sliding_window: 1024,
      attention_k_eq_v: true,
      enable_moe_block: true,
      num_experts: 128,
      top_k_experts: 8,
      moe_intermediate_size: 704,
      max_position_embeddings: 262_144,
      vocab_size: 262_144,
      tie_word_embeddings: true,
    },
    vision_config: { model_type: 'gemma4_vision' },
    quantization_config: {
      quant_method: 'modelopt',
      quant_algo: 'NVFP4',
      kv_cache_scheme: { dynamic: false, num_bits: 8, type: 'float' },
    },
  }
}

/** gpt-oss 120B: every second layer with a window of 128. */
export function gptOss(): Config {
  return {
    architectures: ['GptOssForCausalLM'],
    model_type: 'gpt_oss',
    hidden_size: 2880,
    intermediate_size: 2880,
    num_hidden_layers: 36,
    layer_types: layerTypes(36, 2, 'sliding_attention'),
    num_attention_heads: 64,
    num_key_value_heads: 8,
    head_dim: 64,
    sliding_window: 128,
    num_local_experts: 128,
    num_experts_per_tok: 4,
    max_position_embeddings: 131_072,
    vocab_size: 201_088,
    tie_word_embeddings: false,
    quantization_config: {
      quant_method: 'mxfp4',
      modules_to_not_convert: ['model.layers.*.self_attn', 'model.layers.*.mlp.router', 'lm_head'],
    },
  }
}

/** Qwen3 235B A22B in NVFP4: too large for one Spark. */
export function qwen3Moe(): Config {
  return {
    architectures: ['Qwen3MoeForCausalLM'],
    model_type: 'qwen3_moe',
    torch_dtype: 'bfloat16',
    hidden_size: 4096,
    intermediate_size: 12_288,
    num_hidden_layers: 94,
    num_attention_heads: 64,
    num_key_value_heads: 4,
    head_dim: 128,
    num_experts: 128,
    num_experts_per_tok: 8,
    moe_intermediate_size: 1536,
    max_position_embeddings: 40_960,
    vocab_size: 151_936,
    tie_word_embeddings: false,
    quantization_config: {
      quant_method: 'modelopt',
      quant_algo: 'NVFP4',
      kv_cache_scheme: { dynamic: false, num_bits: 8, type: 'float' },
    },
  }
}

/** Qwen3 Next 80B (Coder): 12 full attention layers of 48. */
export function qwen3Next(): Config {
  return {
    architectures: ['Qwen3NextForCausalLM'],
    model_type: 'qwen3_next',
    torch_dtype: 'bfloat16',
    hidden_size: 2048,
    num_hidden_layers: 48,
    full_attention_interval: 4,
    num_attention_heads: 16,
    num_key_value_heads: 2,
    head_dim: 256,
    linear_conv_kernel_dim: 4,
    linear_key_head_dim: 128,
    linear_num_key_heads: 16,
    linear_num_value_heads: 32,
    linear_value_head_dim: 128,
    num_experts: 512,
    num_experts_per_tok: 10,
    moe_intermediate_size: 512,
    max_position_embeddings: 262_144,
    vocab_size: 151_936,
    tie_word_embeddings: false,
    quantization_config: FP8_BLOCKS,
  }
}

/** A dense Qwen3. */
export function qwen3(size: {
  hidden: number
  layers: number
  heads: number
  intermediate: number
  fp8?: boolean
  tied?: boolean
}): Config {
  return {
    architectures: ['Qwen3ForCausalLM'],
    model_type: 'qwen3',
    torch_dtype: 'bfloat16',
    hidden_size: size.hidden,
    intermediate_size: size.intermediate,
    num_hidden_layers: size.layers,
    num_attention_heads: size.heads,
    num_key_value_heads: 8,
    head_dim: 128,
    max_position_embeddings: 40_960,
    vocab_size: 151_936,
    tie_word_embeddings: size.tied === true,
    ...(size.fp8 ? { quantization_config: FP8_BLOCKS } : {}),
  }
}
