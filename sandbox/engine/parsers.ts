/** Tool call parsers the simulated image knows. */
export const TOOL_PARSERS: readonly string[] =
  `cohere_command3 deepseek_v3 deepseek_v31 deepseek_v32 deepseek_v4 ernie45 functiongemma gemma4
  gigachat3 glm45 glm47 granite granite-20b-fc granite4 hermes hunyuan_a13b internlm jamba kimi_k2
  llama3_json llama4_json llama4_pythonic longcat mimo minimax minimax_m2 minimax_m3 mistral nemotron_v3
  olmo3 openai phi4_mini_json pythonic qwen3_coder qwen3_xml seed_oss step3 step3p5 step3p7 xlam`.split(
    /\s+/,
  )

/** Reasoning parsers the simulated image knows. */
export const REASONING_PARSERS: readonly string[] =
  `deepseek_r1 deepseek_v3 deepseek_v4 ernie45 gemma4 glm45 granite holo2 hunyuan_a13b kimi_k2 mimo
  minimax_m2 minimax_m2_append_think minimax_m3 mistral nemotron_v3 olmo3 openai_gptoss gptoss
  qwen3 seed_oss step3 step3p5 step3p7`.split(/\s+/)

/** Model types the simulated image can load. */
export const MODEL_TYPES: readonly string[] =
  `deepseek_v2 deepseek_v3 deepseek_v32 deepseek_v4 ernie4_5 ernie4_5_moe gemma2 gemma3 gemma3_text
  gemma4 glm4 glm4_moe glm4_moe_lite glm_moe_dsa gpt_oss granite granitemoe granitemoehybrid
  hunyuan_v1_dense hunyuan_v1_moe kimi_k2 kimi_k25 llama llama4 mimo_v2_flash minimax_m2 minimax_m3
  mistral mistral3 mixtral nemotron_h olmo2 olmo3 phi3 qwen2 qwen2_vl qwen2_5_vl qwen3 qwen3_5
  qwen3_5_moe qwen3_moe qwen3_next qwen3_vl qwen3_vl_moe seed_oss step3p5 step3p7`.split(/\s+/)
