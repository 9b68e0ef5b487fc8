import { describe, expect, it } from 'vitest'
import { CONFIGS } from '../testing/configs.ts'
import { readFacts } from './config-facts.ts'

const GIB = 2 ** 30
const repeat = (words: string[], times: number): string[] => new Array(times).fill(words).flat()

const deepseek = {
  ...{ model_type: 'deepseek_v3', hidden_size: 7168, intermediate_size: 18_432 },
  ...{ num_hidden_layers: 61, num_attention_heads: 128, num_key_value_heads: 128 },
  ...{ kv_lora_rank: 512, q_lora_rank: 1536, qk_nope_head_dim: 128, qk_rope_head_dim: 64 },
  ...{ v_head_dim: 128, n_routed_experts: 256, n_shared_experts: 1, moe_intermediate_size: 2048 },
  ...{ first_k_dense_replace: 3, moe_layer_freq: 1, vocab_size: 129_280 },
}
const fp8 = { quantization_config: { quant_method: 'fp8', weight_block_size: [128, 128] } }

/** Sizes their makers publish, with the parameters they state. */
const PUBLISHED: readonly [name: string, config: object, billions: number, gib: number][] = [
  [
    'Llama 3.1 70B in fp8',
    {
      ...{ model_type: 'llama', hidden_size: 8192, intermediate_size: 28_672 },
      ...{ num_hidden_layers: 80, num_attention_heads: 64, num_key_value_heads: 8 },
      ...{
        vocab_size: 128_256,
        quantization_config: { quant_method: 'modelopt', quant_algo: 'FP8' },
      },
    },
    70.55,
    67.7,
  ],
  [
    'Qwen3.5 35B A3B',
    {
      ...{ model_type: 'qwen3_5_moe', hidden_size: 2048, num_hidden_layers: 40, head_dim: 256 },
      ...{ num_attention_heads: 16, num_key_value_heads: 2, attn_output_gate: true },
      ...{ layer_types: repeat([...repeat(['linear_attention'], 3), 'full_attention'], 10) },
      ...{ linear_num_key_heads: 16, linear_key_head_dim: 128, linear_num_value_heads: 32 },
      ...{ linear_value_head_dim: 128, linear_conv_kernel_dim: 4, num_experts: 256 },
      ...{ moe_intermediate_size: 512, shared_expert_intermediate_size: 512, vocab_size: 248_320 },
    },
    34.66,
    64.6,
  ],
  ['DeepSeek V3', { ...deepseek, ...fp8 }, 671.03, 626.7],
  [
    'Kimi K2.5 in int4',
    {
      ...{ ...deepseek, model_type: 'kimi_k25', num_attention_heads: 64, vocab_size: 163_840 },
      ...{ n_routed_experts: 384, first_k_dense_replace: 1 },
      quantization_config: {
        ...{ quant_method: 'compressed-tensors', format: 'pack-quantized' },
        ignore: ['lm_head', 're:.*self_attn.*', 're:.*shared_experts.*'],
        config_groups: { group_0: { weights: { num_bits: 4, type: 'int', group_size: 32 } } },
      },
    },
    1026.4,
    549,
  ],
  [
    'DeepSeek V4 Flash, fp8 with fp4 experts',
    {
      ...{ model_type: 'deepseek_v4', hidden_size: 4096, num_hidden_layers: 43, head_dim: 512 },
      ...{ num_attention_heads: 64, num_key_value_heads: 1, q_lora_rank: 1024 },
      ...{ o_lora_rank: 1024, o_groups: 8, n_routed_experts: 256, n_shared_experts: 1 },
      ...{ moe_intermediate_size: 2048, vocab_size: 129_280, expert_dtype: 'fp4' },
      ...{ compress_ratios: [0, 4, 128], ...fp8 },
    },
    283.81,
    152,
  ],
  [
    'Llama 4 Scout, its text part',
    {
      ...{ model_type: 'llama4', hidden_size: 5120, intermediate_size: 8192, head_dim: 128 },
      ...{ num_hidden_layers: 48, num_attention_heads: 40, num_key_value_heads: 8 },
      ...{ intermediate_size_mlp: 16_384, num_local_experts: 16, vocab_size: 202_048 },
      ...{ attention_chunk_size: 8192, interleave_moe_layer_step: 1 },
    },
    107.77,
    200.7,
  ],
  [
    'MiMo V2 Flash in fp8',
    {
      ...{ model_type: 'mimo_v2_flash', hidden_size: 4096, intermediate_size: 16_384 },
      ...{ num_hidden_layers: 48, num_attention_heads: 64, num_key_value_heads: 4 },
      ...{ head_dim: 192, v_head_dim: 128, swa_num_key_value_heads: 8, sliding_window: 128 },
      hybrid_layer_pattern: [0, 1, 1, 1, 1, ...repeat(['0', '1', '1', '1', '1', '1'], 7), 0].map(
        Number,
      ),
      moe_layer_freq: [0, ...new Array(47).fill(1)],
      ...{ n_routed_experts: 256, moe_intermediate_size: 2048, vocab_size: 152_576, ...fp8 },
    },
    308.78,
    288.7,
  ],
]

describe('parameters and weights by config.json alone', () => {
  it.each(PUBLISHED)('%s', (_, config, billions, gib) => {
    const facts = readFacts({ config: JSON.stringify(config) })
    const parameters = facts?.parameters ?? Number.NaN
    expect(Math.abs(parameters / 1e9 / billions - 1)).toBeLessThan(0.0002)
    expect(Math.abs((facts?.estimatedWeightBytes ?? Number.NaN) / GIB - gib)).toBeLessThan(0.2)
  })

  it.each<[keyof typeof CONFIGS, object, number]>([
    // a tied head is stored once
    ['dense', { tie_word_embeddings: true }, -1000 * 1024],
    // every second layer has experts instead of its dense part
    ['moe', { decoder_sparse_step: 2 }, 4 * (3 * 1024 * 4096 - 16 * (3 * 1024 * 512 + 1024))],
    ['moe', { mlp_only_layers: [0] }, 3 * 1024 * 4096 - 16 * (3 * 1024 * 512 + 1024)],
    // Gemma 4 reads values from the keys of its global layers
    ['windows', { attention_k_eq_v: true }, -2 * 1024 * 2 * 256],
  ])('%s with %j', (name, change, difference) => {
    const count = (config: object) =>
      readFacts({ config: JSON.stringify(config) })?.parameters ?? Number.NaN
    expect(count({ ...CONFIGS[name], ...change }) - count(CONFIGS[name])).toBe(difference)
  })

  it('a puzzle model has the width of each layer as a multiple', () => {
    const count = (ffn: object) => {
      const block = { attention: { n_heads_in_group: 8 }, ffn }
      const config = { ...CONFIGS.puzzle, intermediate_size: null, block_configs: [block] }
      return readFacts({ config: JSON.stringify(config) })?.parameters ?? Number.NaN
    }
    // 2 × 5.25 × 1024 / 3 is 3584, a step of 256 itself
    expect(count({ ffn_mult: 5.25 }) - count({ no_op: true })).toBe(3 * 1024 * 3584)
  })

  it('is unknown without the sizes', () => {
    const facts = readFacts({ config: '{"model_type":"qwen3","hidden_size":1024}' })
    expect(facts).toMatchObject({ parameters: null, estimatedWeightBytes: null, layout: null })
  })
})
