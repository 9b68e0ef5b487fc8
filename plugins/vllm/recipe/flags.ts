/** Flags of `vllm serve` Spark Control or the launcher sets; in a recipe they would fight with it. */
const OWN: Readonly<Record<string, string>> = {
  'distributed-executor-backend': 'the launcher chooses how the machines work together',
  nnodes: 'the launcher sets it',
  'node-rank': 'the launcher sets it',
  'master-addr': 'the launcher sets it',
  'master-port': 'the launcher sets it',
  headless: 'the launcher sets it',
  host: 'the service listens where topology.yaml says',
  port: 'the service listens where topology.yaml says; change port there',
  'api-key': 'it would be visible to every user of the machine',
  'served-model-name': 'it is the repo id and the names of serve_as in topology.yaml',
  model: 'it is the repo of the recipe',
  'tensor-parallel-size': 'use tensor_parallel',
  'pipeline-parallel-size': 'use nodes and tensor_parallel',
  'data-parallel-size': 'use nodes and tensor_parallel',
  'max-model-len': 'use max_model_len',
  'gpu-memory-utilization': 'use gpu_memory_utilization',
  'kv-cache-dtype': 'use kv_cache_dtype',
  'tool-call-parser': 'use tool_parser',
  'enable-auto-tool-choice': 'it is added with tool_parser',
  'reasoning-parser': 'use reasoning_parser',
  'load-format': 'use load_format',
  'moe-backend': 'use moe_backend',
}

/** Why a flag is Spark Control's or the launcher's own; undefined for any other. */
export const whyOwn = (flag: string): string | undefined =>
  Object.hasOwn(OWN, flag) ? OWN[flag] : undefined

/** Flags a recipe may pass on as they are: they tune the engine and reach no other file or code. */
export const TUNING_FLAGS = [
  'async-scheduling',
  'attention-backend',
  'block-size',
  'calculate-kv-scales',
  'compilation-config',
  'config-format',
  'cpu-offload-gb',
  'cudagraph-capture-sizes',
  'default-chat-template-kwargs',
  'disable-custom-all-reduce',
  'disable-hybrid-kv-cache-manager',
  'disable-log-requests',
  'disable-log-stats',
  'disable-mm-preprocessor-cache',
  'dtype',
  'enable-chunked-prefill',
  'enable-expert-parallel',
  'enable-flashinfer-autotune',
  'enable-force-include-usage',
  'enable-log-requests',
  'enable-per-request-metrics',
  'enable-prefix-caching',
  'enable-prompt-tokens-details',
  'enable-server-load-tracking',
  'enforce-eager',
  'generation-config',
  'hf-overrides',
  'kv-cache-memory-bytes',
  'kv-cache-metrics',
  'language-model-only',
  'limit-mm-per-prompt',
  'linear-backend',
  'mamba-block-size',
  'mamba-cache-dtype',
  'mamba-cache-mode',
  'mamba-ssm-cache-dtype',
  'mamba_ssm_cache_dtype',
  'max-cudagraph-capture-size',
  'max-log-len',
  'max-logprobs',
  'max-num-batched-tokens',
  'max-num-seqs',
  'max-seq-len-to-capture',
  'mm-encoder-tp-mode',
  'mm-processor-cache-gb',
  'mm-processor-kwargs',
  'model-impl',
  'mxfp4-backend',
  'mxfp4-layers',
  'no-async-scheduling',
  'no-enable-chunked-prefill',
  'no-enable-prefix-caching',
  'num-gpu-blocks-override',
  'num-speculative-tokens',
  'optimization-level',
  'override-generation-config',
  'override-pooler-config',
  'quantization',
  'reasoning-config',
  'response-role',
  'rope-scaling',
  'rope-theta',
  'runner',
  'safetensors-load-strategy',
  'scheduling-policy',
  'seed',
  'skip-mm-profiling',
  'speculative-config',
  'stream-interval',
  'structured-outputs-config',
  'swap-space',
  'task',
  'tokenizer-mode',
  'trust-remote-code',
  'uvicorn-log-level',
  'video-pruning-rate',
] as const

/** Pattern of one entry of `args`: an allowed flag, `flag=value`, or the value of the flag before. */
export const ARGUMENT = `^(?:--(?:${TUNING_FLAGS.join('|')})(?:=[^\\x00-\\x1f\\x7f]*)?|-[0-9][0-9.]*|[^-\\x00-\\x1f\\x7f][^\\x00-\\x1f\\x7f]*)$`

/** Why an entry of `args` is refused, in words; undefined if it is fine. */
export function argumentMistake(
  argument: string,
  previous: string | undefined,
): string | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
  if (/[\x00-\x1f\x7f]/.test(argument)) return 'contains a control character'
  if (/^-[0-9]/.test(argument)) return undefined
  if (!argument.startsWith('-')) {
    const isValue = previous?.startsWith('--') === true && !previous.includes('=')
    return isValue ? undefined : `"${argument}" stands alone: a value follows its flag`
  }
  const flag = /^--([A-Za-z0-9_-]+)(=|$)/.exec(argument)?.[1]
  if (!flag) return `"${argument}" is not a flag; write --name or --name=value`
  const own = whyOwn(flag)
  if (own) return `--${flag} cannot be set here: ${own}`
  if ((TUNING_FLAGS as readonly string[]).includes(flag)) return undefined
  return `--${flag} is not among the flags a recipe may set (plugins/vllm/recipe/flags.ts)`
}
