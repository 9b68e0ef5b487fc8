import { describe, expect, it } from 'vitest'
import { dense, facts } from '../testing/facts.ts'
import { readFacts } from './config-facts.ts'
import { parseConfig } from './config-text.ts'

describe('reading config.json', () => {
  it('takes bare Infinity and NaN for null, but not inside strings', () => {
    expect(parseConfig('{"a": Infinity, "b": [-Infinity, NaN], "c": "NaN \\" Infinity"}')).toEqual({
      a: null,
      b: [null, null],
      c: 'NaN " Infinity',
    })
  })

  it.each(['', '[]', '"x"', '{', '<html>'])('%j is no config', (text) => {
    expect(readFacts({ config: text })).toBeUndefined()
  })

  it('finds text fields in the text part, and null counts as absent', () => {
    const read = facts({
      architectures: ['Gemma4ForConditionalGeneration'],
      model_type: 'gemma4',
      vision_config: {},
      audio_config: null,
      text_config: { ...dense, model_type: 'gemma4_text', num_experts: null },
    })
    expect(read).toMatchObject({
      modelType: 'gemma4',
      contextLimit: 40960,
      isMoe: false,
      capabilities: ['chat', 'vision'],
    })
  })

  it.each<[string, object, string]>([
    ['none', {}, 'none'],
    ['fp8 in blocks', { quant_method: 'fp8', weight_block_size: [128, 128] }, 'fp8-block'],
    ['modelopt nvfp4', { quant_method: 'modelopt', quant_algo: 'NVFP4' }, 'nvfp4'],
    ['fp8 that says mixed', { quant_method: 'fp8', quant_algo: 'MIXED_PRECISION' }, 'nvfp4'],
    ['mxfp4', { quant_method: 'mxfp4' }, 'mxfp4'],
    ['awq', { quant_method: 'awq', w_bit: 4 }, 'int4'],
    [
      'compressed int4',
      {
        quant_method: 'compressed-tensors',
        format: 'pack-quantized',
        config_groups: { a: { weights: { num_bits: 4, type: 'int' } } },
      },
      'int4',
    ],
    ['compressed fp8', { quant_method: 'compressed-tensors', format: 'float-quantized' }, 'fp8'],
  ])('names the format of weights: %s', (_, quant, label) => {
    const config = Object.keys(quant).length > 0 ? { ...dense, quantization_config: quant } : dense
    expect(facts(config).quantization).toBe(label)
  })

  it('finds a format that stands beside the config only', () => {
    const quantConfig = '{"quantization":{"quant_algo":"NVFP4"}}'
    expect(facts(dense, { quantConfig }).quantization).toBe('nvfp4')
  })

  it.each<[string, object, number | null]>([
    ['full attention everywhere', {}, 10 * 4 * 256],
    ['every fourth layer', { full_attention_interval: 4 }, 2 * 4 * 256],
    [
      'layers by name',
      { layer_types: ['full_attention', 'sliding_attention', 'linear_attention'] },
      4 * 256,
    ],
    ['a pattern with mamba', { hybrid_override_pattern: 'M*-ME*' }, 2 * 4 * 256],
    ['one latent vector', { kv_lora_rank: 512, qk_rope_head_dim: 64 }, 10 * 576],
    ['no layers named', { num_hidden_layers: null }, null],
  ])('counts the cache of a token: %s', (_, change, bytes) => {
    expect(facts({ ...dense, ...change }).cacheBytesPerToken).toBe(bytes)
  })
})
