/** Small config.json files of the families this program reads, sized so that sums stay checkable. */

const text = {
  hidden_size: 1024,
  intermediate_size: 4096,
  num_attention_heads: 16,
  num_key_value_heads: 4,
  head_dim: 128,
  num_hidden_layers: 8,
  max_position_embeddings: 65536,
  vocab_size: 1000,
  tie_word_embeddings: false,
}

const delta = {
  linear_conv_kernel_dim: 4,
  linear_key_head_dim: 128,
  linear_num_key_heads: 8,
  linear_num_value_heads: 16,
  linear_value_head_dim: 128,
  mamba_ssm_dtype: 'float32',
}

const repeat = (words: string[], times: number): string[] => new Array(times).fill(words).flat()

export const CONFIGS = {
  dense: { architectures: ['Qwen3ForCausalLM'], model_type: 'qwen3', ...text },
  moe: {
    ...{ architectures: ['Qwen3MoeForCausalLM'], model_type: 'qwen3_moe', ...text },
    ...{ num_experts: 16, num_experts_per_tok: 2, moe_intermediate_size: 512 },
    quantization_config: { quant_method: 'fp8', weight_block_size: [128, 128] },
  },
  delta: {
    ...{ architectures: ['Qwen3_5ForConditionalGeneration'], model_type: 'qwen3_5', ...text },
    ...delta,
    full_attention_interval: 4,
    vision_config: { model_type: 'qwen3_5' },
  },
  windows: {
    ...{ architectures: ['Gemma4ForConditionalGeneration'], model_type: 'gemma4', ...text },
    ...{ global_head_dim: 256, num_global_key_value_heads: 2, sliding_window: 512 },
    layer_types: repeat(['sliding_attention', 'sliding_attention', 'full_attention'], 2),
    vision_config: {},
    quantization_config: { quant_method: 'modelopt', quant_algo: 'NVFP4' },
  },
  sinks: {
    ...{ architectures: ['GptOssForCausalLM'], model_type: 'gpt_oss', ...text },
    ...{ sliding_window: 128, num_local_experts: 8, num_experts_per_tok: 2 },
    layer_types: repeat(['sliding_attention', 'full_attention'], 4),
    quantization_config: { quant_method: 'mxfp4' },
  },
  latent: {
    ...{ architectures: ['DeepseekV3ForCausalLM'], model_type: 'deepseek_v3', ...text },
    ...{ kv_lora_rank: 512, qk_rope_head_dim: 64, qk_nope_head_dim: 128, v_head_dim: 128 },
    ...{ q_lora_rank: 256, n_routed_experts: 8, n_shared_experts: 1, moe_intermediate_size: 256 },
    first_k_dense_replace: 1,
  },
  sparse: {
    ...{ architectures: ['DeepseekV32ForCausalLM'], model_type: 'deepseek_v32', ...text },
    ...{ kv_lora_rank: 512, qk_rope_head_dim: 64, qk_nope_head_dim: 128, v_head_dim: 128 },
    ...{ index_topk: 2048, index_head_dim: 128, index_n_heads: 4, q_lora_rank: 256 },
  },
  mamba: {
    ...{ architectures: ['NemotronHForCausalLM'], model_type: 'nemotron_h', ...text },
    ...{ hybrid_override_pattern: 'MEM*EM-*', conv_kernel: 4, n_groups: 8, ssm_state_size: 128 },
    ...{ mamba_head_dim: 64, mamba_num_heads: 32, mamba_ssm_cache_dtype: 'float32' },
    ...{ n_routed_experts: 8, moe_intermediate_size: 256, num_experts_per_tok: 2 },
  },
  mimo: {
    ...{ architectures: ['MiMoV2FlashForCausalLM'], model_type: 'mimo_v2_flash', ...text },
    ...{ head_dim: 192, v_head_dim: 128, swa_head_dim: 192, swa_v_head_dim: 128 },
    ...{ swa_num_key_value_heads: 8, sliding_window: 128 },
    hybrid_layer_pattern: [0, 1, 1, 1, 0, 1, 1, 1],
  },
  kimi: {
    ...{ architectures: ['KimiLinearForCausalLM'], model_type: 'kimi_linear', ...text },
    ...{ kv_lora_rank: 512, qk_rope_head_dim: 64 },
    linear_attn_config: {
      ...{ full_attn_layers: [4, 8], kda_layers: [1, 2, 3, 5, 6, 7] },
      ...{ head_dim: 128, num_heads: 8, short_conv_kernel_size: 4 },
    },
  },
  puzzle: {
    ...{ architectures: ['DeciLMForCausalLM'], model_type: 'nemotron-nas', ...text },
    num_key_value_heads: null,
    block_configs: [
      { attention: { n_heads_in_group: 8, no_op: false }, ffn: {} },
      { attention: { n_heads_in_group: null, no_op: true }, ffn: {} },
      { attention: { n_heads_in_group: 4 }, ffn: {} },
    ],
  },
  chunks: {
    ...{ architectures: ['Llama4ForConditionalGeneration'], model_type: 'llama4', ...text },
    ...{ attention_chunk_size: 8192, no_rope_layers: [1, 1, 1, 0, 1, 1, 1, 0] },
  },
  compressed: {
    ...{ architectures: ['DeepseekV4ForCausalLM'], model_type: 'deepseek_v4', ...text },
    ...{ head_dim: 512, num_key_value_heads: 1, qk_rope_head_dim: 64, expert_dtype: 'fp4' },
    ...{ compress_ratios: [0, 4, 128, 4, 128, 4, 128, 4], n_routed_experts: 8 },
    quantization_config: { quant_method: 'fp8', weight_block_size: [128, 128] },
  },
  granite: {
    ...{ architectures: ['GraniteMoeHybridForCausalLM'], model_type: 'granitemoehybrid', ...text },
    ...{ mamba_n_heads: 32, mamba_d_head: 64, mamba_n_groups: 1, mamba_d_state: 128 },
    ...{ mamba_d_conv: 4, layers_block_type: ['mamba', 'attention', 'mamba', 'mamba'] },
  },
  encoder: { architectures: ['XLMRobertaModel'], model_type: 'xlm-roberta', ...text },
} as const satisfies Record<string, Record<string, unknown>>
