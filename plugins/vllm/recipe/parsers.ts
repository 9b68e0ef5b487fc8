/** Which parsers a family's answers need. Later image versions know more; a recipe overrides. */
export interface ParserRow {
  modelType: RegExp
  /** Narrows the family by the repo's name. */
  name?: RegExp
  tool?: string
  reasoning?: string
  /** What else it takes. */
  note?: string
}

const OWN_TEMPLATE = 'calls are surest with the tool template of vLLM’s examples'

/**
 * First match wins. Source: vLLM docs/features/tool_calling.md and reasoning_outputs.md, the
 * registries of August 2026, upstream launch recipes.
 */
export const PARSERS: readonly ParserRow[] = [
  { modelType: /^(qwen2|llama)/, name: /r1-distill/i, reasoning: 'deepseek_r1' },
  { modelType: /^qwen3_5/, tool: 'qwen3_xml', reasoning: 'qwen3' },
  { modelType: /^qwen/, name: /coder/i, tool: 'qwen3_xml' },
  { modelType: /^qwen/, name: /qwq/i, tool: 'hermes', reasoning: 'deepseek_r1' },
  { modelType: /^qwen/, name: /instruct/i, tool: 'hermes' },
  { modelType: /^qwen3/, tool: 'hermes', reasoning: 'qwen3' },
  { modelType: /^qwen2/, tool: 'hermes' },
  { modelType: /^gpt_oss/, tool: 'openai', reasoning: 'openai_gptoss' },
  { modelType: /^gemma4/, tool: 'gemma4', reasoning: 'gemma4' },
  { modelType: /^gemma/, name: /functiongemma/i, tool: 'functiongemma' },
  { modelType: /^gemma/ },
  { modelType: /^glm4_moe_lite/, tool: 'glm47', reasoning: 'glm45' },
  { modelType: /^glm4_moe/, name: /4\.7/, tool: 'glm47', reasoning: 'glm45' },
  { modelType: /^glm4v?_moe/, tool: 'glm45', reasoning: 'glm45' },
  { modelType: /^glm_moe_dsa/, tool: 'glm47', reasoning: 'glm45' },
  { modelType: /^minimax_m3/, tool: 'minimax_m3', reasoning: 'minimax_m3' },
  { modelType: /^minimax_m2/, tool: 'minimax_m2', reasoning: 'minimax_m2_append_think' },
  { modelType: /^deepseek_v4/, tool: 'deepseek_v4', reasoning: 'deepseek_v4' },
  { modelType: /^deepseek_v32/, tool: 'deepseek_v32', reasoning: 'deepseek_v3' },
  { modelType: /^deepseek_v3/, name: /V3\.1/i, tool: 'deepseek_v31', reasoning: 'deepseek_v3' },
  { modelType: /^deepseek_v3/, name: /R1/i, tool: 'deepseek_v3', reasoning: 'deepseek_r1' },
  { modelType: /^deepseek_v3/, tool: 'deepseek_v3' },
  { modelType: /^kimi_k25/, tool: 'kimi_k2', reasoning: 'kimi_k2' },
  { modelType: /^kimi_k2/, name: /thinking|k2\.5/i, tool: 'kimi_k2', reasoning: 'kimi_k2' },
  { modelType: /^kimi_k2/, tool: 'kimi_k2' },
  { modelType: /^nemotron_h/, tool: 'qwen3_coder', reasoning: 'nemotron_v3' },
  { modelType: /^mi(ni)?stral/, name: /magistral/i, tool: 'mistral', reasoning: 'mistral' },
  { modelType: /^mi(ni)?stral/, tool: 'mistral' },
  { modelType: /^llama4/, tool: 'llama4_pythonic', note: OWN_TEMPLATE },
  { modelType: /^m?llama/, name: /llama-?3/i, tool: 'llama3_json', note: OWN_TEMPLATE },
  { modelType: /^step3p[57]/, tool: 'step3p5', reasoning: 'step3p5' },
  { modelType: /^seed_oss/, tool: 'seed_oss', reasoning: 'seed_oss' },
  { modelType: /^olmo3/, tool: 'olmo3', reasoning: 'olmo3' },
  { modelType: /^ernie4_5/, tool: 'ernie45', reasoning: 'ernie45' },
  { modelType: /^hunyuan/, tool: 'hunyuan_a13b', reasoning: 'hunyuan_a13b' },
  {
    modelType: /^cohere/,
    name: /command-?a-?(plus|\+)|command-?r?-?4/i,
    tool: 'cohere_command4',
    reasoning: 'cohere_command4',
  },
  {
    modelType: /^cohere/,
    name: /reasoning/i,
    tool: 'cohere_command3',
    reasoning: 'cohere_command3',
  },
  { modelType: /^cohere/, tool: 'cohere_command3' },
  { modelType: /^mimo/, tool: 'mimo', reasoning: 'mimo' },
]

/** The row of a model, by the `model_type` of its config.json and its name. */
export const findParsers = (repo: string, type: string): ParserRow | undefined =>
  PARSERS.find(({ modelType, name }) => modelType.test(type) && (!name || name.test(repo)))

/** What a chat template's own words say, where the family is not in the table. */
export const TEMPLATE_TOOL_PARSERS: readonly [marker: string, parser: string][] = [
  ['function', 'qwen3_xml'],
  ['minimax', 'minimax_m2'],
  ['kimi', 'kimi_k2'],
  ['arg_key', 'glm45'],
  ['tool_call', 'hermes'],
  ['mistral', 'mistral'],
  ['python_tag', 'llama3_json'],
  ['channel', 'openai'],
]

/** The same for thoughts. The parser of Qwen3 leaves an answer without thoughts alone. */
export const TEMPLATE_REASONING_PARSERS: readonly [marker: string, parser: string][] = [
  ['enable_thinking', 'qwen3'],
  ['think', 'qwen3'],
]

/** Families whose chat format is code in vLLM, chosen by name. */
export const TOKENIZER_MODES: readonly { modelType: RegExp; mode: string }[] = [
  { modelType: /^deepseek_v4/, mode: 'deepseek_v4' },
  { modelType: /^deepseek_v32/, mode: 'deepseek_v32' },
]

/**
 * MoE kernels that run on GB10; nothing for dense or unquantized models. What people report
 * differs, so a recipe's moe_backend overrides it.
 */
export const MOE_BACKENDS: readonly { modelType: RegExp; quantization: RegExp; backend: string }[] =
  [
    { modelType: /^qwen/, quantization: /./, backend: 'flashinfer_cutlass' },
    { modelType: /^gemma/, quantization: /./, backend: 'marlin' },
    { modelType: /^nemotron_h/, quantization: /nvfp4/, backend: 'marlin' },
  ]
