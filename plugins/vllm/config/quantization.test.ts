import { describe, expect, it } from 'vitest'
import { CONFIGS } from '../testing/configs.ts'
import { readFacts } from './config-facts.ts'
import { readQuantization } from './quantization.ts'

const groups = (...weights: object[]) =>
  Object.fromEntries(weights.map((weight, at) => [`group_${at}`, { weights: weight }]))
const compressed = (format: string, ...weights: object[]) => ({
  ...{ quant_method: 'compressed-tensors', format },
  ...(weights.length > 0 && { config_groups: groups(...weights) }),
})
const int4 = { num_bits: 4, type: 'int', group_size: 128 }
const nvfp4 = { quant_algo: 'NVFP4' }
const fp8 = { num_bits: 8, type: 'float', strategy: 'channel' }

describe('the format of the weights', () => {
  it.each<[string, object, string, number]>([
    ['fp8 in blocks', { quant_method: 'fp8', weight_block_size: [128, 128] }, 'fp8-block', 1],
    ['fp8 by tensor', { quant_method: 'fp8', activation_scheme: 'dynamic' }, 'fp8', 1],
    ['fbgemm', { quant_method: 'fbgemm_fp8' }, 'fp8', 1],
    ['ModelOpt NVFP4', { quant_method: 'modelopt', quant_algo: 'NVFP4' }, 'nvfp4', 0.5625],
    ['ModelOpt FP8', { quant_method: 'modelopt', quant_algo: 'FP8' }, 'fp8', 1],
    [
      'ModelOpt, nested',
      { quantization: { quant_algo: 'NVFP4' }, quant_method: 'modelopt' },
      'nvfp4',
      0.5625,
    ],
    ['mixed', { quant_method: 'modelopt', quant_algo: 'MIXED_PRECISION' }, 'nvfp4', 0.5625],
    [
      'mixed, listed',
      {
        ...{ quant_method: 'modelopt', quant_algo: 'MIXED_PRECISION' },
        quantized_layers: { a: { quant_algo: 'W4A16_NVFP4' }, b: { quant_algo: 'FP8' } },
      },
      'nvfp4',
      0.5625,
    ],
    [
      'mixed without four bits',
      {
        ...{ quant_method: 'modelopt', quant_algo: 'MIXED_PRECISION' },
        quantized_layers: { a: { quant_algo: 'FP8' } },
      },
      'fp8',
      1,
    ],
    [
      'fp8 that says mixed',
      { quant_method: 'fp8', quant_algo: 'MIXED_PRECISION', weight_block_size: [128, 128] },
      'nvfp4',
      0.5625,
    ],
    ['fp8 with fp4 experts', { quant_method: 'fp8', expert_dtype: 'fp4' }, 'nvfp4', 0.5625],
    ['packed int4', compressed('pack-quantized', int4), 'int4', 0.5 + 2 / 128],
    [
      'packed int4, finer',
      compressed('pack-quantized', { ...int4, group_size: 32 }),
      'int4',
      0.5625,
    ],
    ['packed int8', compressed('pack-quantized', { num_bits: 8, type: 'int' }), 'int8', 1],
    ['float', compressed('float-quantized'), 'fp8', 1],
    ['float by its group', compressed('float-quantized', fp8), 'fp8', 1],
    [
      'float in blocks',
      compressed('float-quantized', { ...fp8, strategy: 'block' }),
      'fp8-block',
      1,
    ],
    ['packed nvfp4', compressed('nvfp4-pack-quantized'), 'nvfp4', 0.5625],
    ['packed mxfp4', compressed('mxfp4-pack-quantized'), 'mxfp4', 0.53125],
    [
      'a mixture of groups',
      compressed('mixed-precision', fp8, { num_bits: 4, type: 'float', group_size: 16 }),
      'nvfp4',
      0.5625,
    ],
    ['mxfp4', { quant_method: 'mxfp4' }, 'mxfp4', 0.53125],
    [
      'awq',
      { quant_method: 'awq', bits: 4, group_size: 128, zero_point: true },
      'int4',
      0.5 + 2.5 / 128,
    ],
    [
      'awq by its other names',
      { quant_method: 'awq', w_bit: 4, q_group_size: 64 },
      'int4',
      0.5 + 2.5 / 64,
    ],
    ['gptq', { quant_method: 'gptq', bits: 8, group_size: -1, desc_act: false }, 'int8', 1],
    [
      'auto-round',
      { quant_method: 'auto-round', bits: 4, group_size: 128 },
      'int4',
      0.5 + 2.5 / 128,
    ],
    ['bitsandbytes', { quant_method: 'bitsandbytes' }, 'bitsandbytes', 2],
  ])('%s', (_, given, label, weightBytes) => {
    const found = readQuantization({ quantization_config: given }, undefined)
    expect(found).toMatchObject({ label, weightBytes })
  })

  it.each<[string, object, object | undefined, string]>([
    [
      'the text part',
      { text_config: { quantization_config: { quant_method: 'mxfp4' } } },
      undefined,
      'mxfp4',
    ],
    [
      'the top, over the text part',
      {
        quantization_config: { quant_method: 'fp8' },
        text_config: { quantization_config: { quant_method: 'mxfp4' } },
      },
      undefined,
      'fp8',
    ],
    ['the file beside it', {}, { quantization: { quant_algo: 'NVFP4' } }, 'nvfp4'],
    [
      'the file beside an fp8 that is none',
      { quantization_config: { quant_method: 'fp8' } },
      { quantization: { quant_algo: 'NVFP4' } },
      'nvfp4',
    ],
    ['nothing', { quantization_config: null }, { quantization: { quant_algo: null } }, 'none'],
  ])('stands in %s', (_, config, beside, label) => {
    const facts = readFacts({
      config: JSON.stringify({ ...CONFIGS.dense, ...config }),
      ...(beside && { quantConfig: JSON.stringify(beside) }),
    })
    expect(facts?.quantization).toBe(label)
  })

  it.each<[unknown, boolean]>([
    [{ dynamic: false, num_bits: 8, type: 'float' }, true],
    ['FP8', true],
    [{ num_bits: 8, type: 'int' }, false],
    [null, false],
  ])('a cache scheme of %j', (kv_cache_scheme, hasFp8Cache) => {
    const quantization_config = { quant_method: 'modelopt', quant_algo: 'NVFP4', kv_cache_scheme }
    expect(readQuantization({ quantization_config }, undefined)).toMatchObject({ hasFp8Cache })
  })

  it.each<[string, object, number]>([
    ['left alone by a pattern', { ...nvfp4, ignore: ['re:.*self_attn.*'] }, 2],
    ['left alone by a star', { ...nvfp4, ignore: ['*.attn.*'] }, 2],
    [
      'left alone layer by layer',
      { ...nvfp4, ignore: ['layers.0.self_attn*', 'layers.1.linear_attn*'] },
      2,
    ],
    [
      'left alone in one of many',
      { ...nvfp4, modules_to_not_convert: ['layers.0.self_attn.q_proj'] },
      0.5625,
    ],
    [
      'left alone in its norms only',
      { ...nvfp4, ignore: ['layers.0.self_attn.q_a_layernorm'] },
      0.5625,
    ],
    ['of a mixture that does not list it', { quant_algo: 'MIXED_PRECISION' }, 2],
    [
      'of a mixture that lists it',
      {
        quant_algo: 'MIXED_PRECISION',
        quantized_layers: {
          'layers.0.self_attn.q_proj': { quant_algo: 'FP8' },
          'layers.0.mlp.experts': { quant_algo: 'W4A16_NVFP4' },
        },
      },
      1,
    ],
    ['of fp8 with fp4 experts', { quant_method: 'fp8', expert_dtype: 'fp4' }, 1],
  ])('attention %s', (_, change, attentionBytes) => {
    const quantization_config = { quant_method: 'modelopt', ...change }
    const flat = { quantization_config, num_hidden_layers: 4 }
    expect(readQuantization(flat, undefined)).toMatchObject({ attentionBytes })
  })

  it('a config of three megabytes with bare numbers is read like any other', () => {
    const layers = Array.from({ length: 35_000 }, (_, at) => [
      `model.layers.${at}.mlp.experts.gate_up_proj`,
      { quant_algo: 'W4A16_NVFP4', group_size: 16 },
    ])
    const quantization_config = {
      ...{ quant_method: 'modelopt', quant_algo: 'MIXED_PRECISION' },
      quantized_layers: Object.fromEntries(layers),
    }
    const text = JSON.stringify({ ...CONFIGS.mamba, quantization_config, time_step: 'BARE' })
    const config = text.replace('"BARE"', '[0.0, Infinity]')
    expect(config.length).toBeGreaterThan(3e6)
    expect(readFacts({ config })?.quantization).toBe('nvfp4')
  })
})
