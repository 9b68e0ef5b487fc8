import { describe, expect, it } from 'vitest'
import { type ConfigFacts, readFacts } from './config-facts.ts'
import { parseConfig } from './config-text.ts'
import { fitModel } from './fit.ts'
import { inferRecipe } from './infer.ts'
import { recipeMistakes } from './recipe.ts'

const GIB = 2 ** 30
const facts = (
  config: object,
  more: { markers?: string[]; quantConfig?: string } = {},
): ConfigFacts => {
  const read = readFacts({ config: JSON.stringify(config), markers: ['template'], ...more })
  if (!read) throw new Error('unreadable')
  return read
}
const dense = {
  architectures: ['Qwen3ForCausalLM'],
  model_type: 'qwen3',
  hidden_size: 1024,
  num_attention_heads: 16,
  num_key_value_heads: 4,
  head_dim: 128,
  num_hidden_layers: 10,
  max_position_embeddings: 40960,
}

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

describe('how a model fits', () => {
  const on = (weightGib: number, hosts: number) =>
    fitModel({
      weightBytes: weightGib * GIB,
      hostBytes: 121.69 * GIB,
      hosts,
      cacheBytesPerToken: 65536,
      isCacheShared: false,
      contextLimit: 262144,
    })

  it.each([
    [30, 1, 1],
    [86, 2, 1],
    [125, 2, 2],
    [125, 1, null],
    [214, 2, null],
    [214, 4, 4],
    [125, 3, 2],
  ])('%i GiB on %i machines takes %s', (weights, hosts, nodes) => {
    expect(on(weights, hosts).nodes).toBe(nodes)
  })

  it('shortens the context to what the memory left over holds', () => {
    expect(on(30, 1).maxModelLen).toBe(262144)
    expect(on(84, 1).maxModelLen).toBe(65536)
  })
})

describe('inferred settings', () => {
  const infer = (repo: string, config: object, weightGib = 30, hosts = 2, markers = ['template']) =>
    inferRecipe({
      repo,
      facts: facts(config, { markers }),
      weightBytes: weightGib * GIB,
      isWhole: true,
      hostBytes: null,
      hosts,
    })

  it('are a valid recipe, with a reason for every field', () => {
    const { recipe, why } = infer('Qwen/Qwen3-8B', dense)
    expect(recipeMistakes(recipe)).toEqual([])
    const fields = Object.keys(recipe).filter((field) => field !== 'repo')
    expect(why.map(({ field }) => field).toSorted()).toEqual(fields.toSorted())
  })

  it.each([
    ['Qwen/Qwen3-8B', 'qwen3', 'hermes', 'qwen3'],
    ['Qwen/Qwen3-30B-A3B-Instruct-2507', 'qwen3_moe', 'hermes', undefined],
    ['deepseek-ai/DeepSeek-R1-Distill-Qwen-32B', 'qwen2', undefined, 'deepseek_r1'],
    ['deepseek-ai/DeepSeek-R1-Distill-Llama-70B', 'llama', undefined, 'deepseek_r1'],
    ['Qwen/Qwen3-Coder-Next-FP8', 'qwen3_next', 'qwen3_xml', undefined],
    ['Qwen/Qwen3.6-35B-A3B-FP8', 'qwen3_5_moe', 'qwen3_xml', 'qwen3'],
    ['openai/gpt-oss-120b', 'gpt_oss', 'openai', 'openai_gptoss'],
    ['nvidia/Gemma-4-26B', 'gemma4', 'gemma4', 'gemma4'],
    ['zai-org/GLM-4.7', 'glm4_moe', 'glm47', 'glm45'],
    ['zai-org/GLM-4.6', 'glm4_moe', 'glm45', 'glm45'],
    ['deepseek-ai/DeepSeek-V3.1', 'deepseek_v3', 'deepseek_v31', 'deepseek_v3'],
    ['meta-llama/Llama-3.3-70B-Instruct', 'llama', 'llama3_json', undefined],
  ])('%s speaks its family’s dialects', (repo, modelType, tool, reasoning) => {
    const { recipe } = infer(repo, { ...dense, model_type: modelType })
    expect([recipe.tool_parser, recipe.reasoning_parser]).toEqual([tool, reasoning])
  })

  it('an unknown family is judged by its template', () => {
    const { recipe } = infer('Org/New', { ...dense, model_type: 'novel' }, 30, 2, [
      'template',
      'tool_call',
      'function',
    ])
    expect(recipe.tool_parser).toBe('qwen3_xml')
  })

  it('a base model without a template gets no parsers', () => {
    expect(infer('Qwen/Qwen3-8B-Base', dense, 15, 1, []).recipe.tool_parser).toBeUndefined()
  })

  it('names a kernel for quantized experts only', () => {
    const moe = { ...dense, model_type: 'qwen3_moe', num_experts: 128 }
    expect(infer('Q/M', moe).recipe.moe_backend).toBeUndefined()
    const quantized = { ...moe, quantization_config: { quant_method: 'fp8' } }
    expect(infer('Q/M', quantized).recipe.moe_backend).toBe('flashinfer_cutlass')
  })

  it('a model too large says so instead of promising', () => {
    const { why, recipe } = infer('Q/Huge', dense, 400)
    expect(recipe.nodes).toBe(2)
    expect(why.find(({ field }) => field === 'nodes')?.because).toMatch(/do not fit on 2 machines/)
  })
})
