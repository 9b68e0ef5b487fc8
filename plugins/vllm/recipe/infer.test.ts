import { describe, expect, it } from 'vitest'
import { fitModel } from '../fit/fit.ts'
import { dense, facts } from '../testing/facts.ts'
import { inferRecipe } from './infer.ts'
import { recipeMistakes } from './recipe.ts'

const GIB = 2 ** 30
describe('how a model fits', () => {
  const on = (weightGib: number, hosts: number) =>
    fitModel({
      weightBytes: weightGib * GIB,
      hostBytes: 121.69 * GIB,
      hosts,
      layout: { groups: [{ kind: 'full', count: 64, kvHeads: 4, keyDim: 128, valueDim: 128 }] },
      heads: 32,
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
    ['Qwen/Qwen3-VL-8B-Thinking', 'qwen3_vl', 'hermes', 'qwen3'],
    ['Qwen/Qwen3-Next-80B-A3B-Instruct', 'qwen3_next', 'hermes', undefined],
    ['Qwen/QwQ-32B', 'qwen2', 'hermes', 'deepseek_r1'],
    ['Qwen/Qwen2.5-VL-7B-Instruct', 'qwen2_5_vl', 'hermes', undefined],
    ['deepseek-ai/DeepSeek-R1-Distill-Llama-70B', 'llama', undefined, 'deepseek_r1'],
    ['google/functiongemma-270m-it', 'gemma3_text', 'functiongemma', undefined],
    ['google/gemma-3-27b-it', 'gemma3', undefined, undefined],
    ['zai-org/GLM-4.7-Flash', 'glm4_moe_lite', 'glm47', 'glm45'],
    ['zai-org/GLM-5.2', 'glm_moe_dsa', 'glm47', 'glm45'],
    ['MiniMaxAI/MiniMax-M2.5', 'minimax_m2', 'minimax_m2', 'minimax_m2_append_think'],
    ['MiniMaxAI/MiniMax-M3', 'minimax_m3', 'minimax_m3', 'minimax_m3'],
    ['deepseek-ai/DeepSeek-V3-0324', 'deepseek_v3', 'deepseek_v3', undefined],
    ['deepseek-ai/DeepSeek-R1-0528', 'deepseek_v3', 'deepseek_v3', 'deepseek_r1'],
    ['deepseek-ai/DeepSeek-V3.2', 'deepseek_v32', 'deepseek_v32', 'deepseek_v3'],
    ['deepseek-ai/DeepSeek-V4-Flash', 'deepseek_v4', 'deepseek_v4', 'deepseek_v4'],
    ['moonshotai/Kimi-K2-Instruct', 'kimi_k2', 'kimi_k2', undefined],
    ['moonshotai/Kimi-K2-Thinking', 'kimi_k2', 'kimi_k2', 'kimi_k2'],
    ['moonshotai/Kimi-K2.5', 'kimi_k25', 'kimi_k2', 'kimi_k2'],
    ['nvidia/Nemotron-3-Super', 'nemotron_h', 'qwen3_coder', 'nemotron_v3'],
    ['mistralai/Magistral-Small', 'mistral3', 'mistral', 'mistral'],
    ['mistralai/Devstral-Small', 'mistral', 'mistral', undefined],
    ['meta-llama/Llama-4-Scout', 'llama4', 'llama4_pythonic', undefined],
    ['meta-llama/Llama-2-7b', 'llama', undefined, undefined],
    ['stepfun-ai/Step-3.7-Flash', 'step3p7', 'step3p5', 'step3p5'],
    ['ByteDance-Seed/Seed-OSS-36B', 'seed_oss', 'seed_oss', 'seed_oss'],
    ['allenai/Olmo-3-32B-Think', 'olmo3', 'olmo3', 'olmo3'],
    ['baidu/ERNIE-4.5-21B', 'ernie4_5_moe', 'ernie45', 'ernie45'],
    ['tencent/Hunyuan-A13B', 'hunyuan_v1_moe', 'hunyuan_a13b', 'hunyuan_a13b'],
    ['CohereLabs/command-a-03-2025', 'cohere2', 'cohere_command3', undefined],
    ['CohereLabs/command-a-plus', 'cohere2', 'cohere_command4', 'cohere_command4'],
    ['XiaomiMiMo/MiMo-V2-Flash', 'mimo_v2_flash', 'mimo', 'mimo'],
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

  it.each([
    ['function', 'qwen3_xml'],
    ['tool_call', 'hermes'],
    ['arg_key', 'glm45'],
    ['minimax', 'minimax_m2'],
    ['mistral', 'mistral'],
    ['python_tag', 'llama3_json'],
    ['channel', 'openai'],
    ['kimi', 'kimi_k2'],
  ])('a template with %s is answered by %s', (marker, parser) => {
    const markers = ['template', marker]
    const { recipe } = infer('Org/New', { ...dense, model_type: 'novel' }, 30, 2, markers)
    expect(recipe.tool_parser).toBe(parser)
  })

  it.each(['think', 'enable_thinking'])(
    'a template with %s lets an unknown family think',
    (marker) => {
      const markers = ['template', marker]
      const { recipe } = infer('Org/New', { ...dense, model_type: 'novel' }, 30, 2, markers)
      expect(recipe.reasoning_parser).toBe('qwen3')
      const known = infer('Qwen/Qwen3-4B-Instruct-2507', dense, 30, 2, markers)
      expect(known.recipe.reasoning_parser).toBeUndefined()
    },
  )

  it.each<[number, number, number | undefined, RegExp]>([
    [10, 1, undefined, /fit on one card with 24.0 GiB/],
    [40, 4, undefined, /4 cards with 24.0 GiB of memory each share 40.0 GiB of weights/],
    [40, 2, undefined, /do not fit on 2 cards/],
    [10, 3, 2, /so many of its 3 GPUs can share the model evenly/],
  ])('%i GiB on a machine with %i cards', (weightGib, cards, parts, because) => {
    const { recipe, why } = inferRecipe({
      ...{ repo: 'Q/Cards', facts: facts(dense), weightBytes: weightGib * GIB, isWhole: true },
      ...{ hostBytes: 24 * GIB, hosts: 1, cards, isSpread: false },
    })
    expect(recipe).toMatchObject({ nodes: 1, gpu_memory_utilization: 0.9 })
    expect(recipe.tensor_parallel).toBe(parts)
    expect(why.some((each) => because.test(each.because))).toBe(true)
    expect(recipeMistakes(recipe)).toEqual([])
  })

  it('a family whose chat format is code gets it by name', () => {
    const { recipe, why } = infer('D/V4', { ...dense, model_type: 'deepseek_v4' }, 30, 2, [])
    expect(recipe.args).toEqual(['--tokenizer-mode', 'deepseek_v4'])
    expect(recipe.tool_parser).toBe('deepseek_v4')
    expect(recipeMistakes(recipe)).toEqual([])
    expect(why.some(({ field }) => field === 'args')).toBe(true)
  })

  it('says which numbers of machines cannot share the heads evenly', () => {
    const odd = { ...dense, num_attention_heads: 15, num_key_value_heads: 5 }
    const { recipe, why } = infer('Q/Odd', odd, 125)
    expect(recipe.nodes).toBe(1)
    const because = why.find(({ field }) => field === 'nodes')?.because
    expect(because).toMatch(/2 machines cannot share its 15 heads evenly; it will probably fail/)
  })

  it.each<[string, object, RegExp]>([
    [
      'by what its config.json promises',
      { vocab_size: 1000, intermediate_size: 4096 },
      /by its config\.json/,
    ],
    ['by what has come, where it promises nothing', {}, /so far/],
  ])('counts an unfinished download %s', (_, change, expected) => {
    const input = { repo: 'Q/Part', facts: facts({ ...dense, ...change }), weightBytes: 1000 }
    const { why } = inferRecipe({ ...input, isWhole: false, hostBytes: null, hosts: 1 })
    const because = why.find(({ field }) => field === 'nodes')?.because
    expect(because).toMatch(expected)
    expect(because).toMatch(/the download is not complete\)/)
  })

  it('an embedding model gets no cache precision', () => {
    const { recipe } = infer('Org/Bert', { ...dense, architectures: ['BertModel'] })
    expect(recipe.kv_cache_dtype).toBeUndefined()
  })

  it('a base model without a template gets no parsers', () => {
    expect(infer('Qwen/Qwen3-8B-Base', dense, 15, 1, []).recipe.tool_parser).toBeUndefined()
  })

  it('names a kernel for quantized experts only', () => {
    const moe = { ...dense, model_type: 'qwen3_moe', num_experts: 128 }
    expect(infer('Q/M', moe).recipe.moe_backend).toBeUndefined()
    const quantized = { ...moe, quantization_config: { quant_method: 'fp8' } }
    expect(infer('Q/M', quantized).recipe.moe_backend).toBe('flashinfer_cutlass')
    const gemma = { ...quantized, model_type: 'gemma4' }
    expect(infer('G/M', gemma).recipe.moe_backend).toBe('marlin')
    const nemotron = { ...quantized, model_type: 'nemotron_h' }
    expect(infer('N/M', nemotron).recipe.moe_backend).toBeUndefined()
  })

  it('a model too large says so instead of promising', () => {
    const { why, recipe } = infer('Q/Huge', dense, 400)
    expect(recipe.nodes).toBe(2)
    expect(why.find(({ field }) => field === 'nodes')?.because).toMatch(/do not fit on 2 machines/)
  })
})
