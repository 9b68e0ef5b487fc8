import type { Recipe } from '../recipe/recipe.ts'

export interface ServeOptions {
  /** What vLLM loads: the repo id, or a folder in the container. */
  model: string
  port: number
  /** Further names the model answers to. */
  serveAs: readonly string[]
  /** Words of an adapter that is served beside it. */
  lora?: readonly string[]
}

/** The words after `vllm serve`. Quantization is left to vLLM, which reads it from the weights. */
export function serveArgs(recipe: Recipe, options: ServeOptions): string[] {
  const names = [...new Set([recipe.repo, ...options.serveAs])]
  const option = (flag: string, value: string | number | undefined) =>
    value === undefined ? [] : [flag, String(value)]
  return [
    options.model,
    ...['--served-model-name', ...names],
    ...['--host', '0.0.0.0', '--port', String(options.port)],
    // the launcher reads -tp from the text to know how many machines to start
    ...option('-tp', recipe.tensor_parallel),
    ...option('--max-model-len', recipe.max_model_len),
    ...option('--gpu-memory-utilization', recipe.gpu_memory_utilization),
    ...option('--kv-cache-dtype', recipe.kv_cache_dtype),
    ...option('--load-format', recipe.load_format),
    ...option('--moe-backend', recipe.moe_backend),
    ...(recipe.tool_parser
      ? ['--enable-auto-tool-choice', '--tool-call-parser', recipe.tool_parser]
      : []),
    ...option('--reasoning-parser', recipe.reasoning_parser),
    ...(options.lora ?? []),
    ...(recipe.args ?? []),
  ]
}
