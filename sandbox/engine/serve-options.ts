/** The options of `vllm serve` that change what the simulated engine does. */
export interface ServeOptions {
  model: string
  servedNames: string[]
  host: string
  port: number
  apiKey?: string
  tensorParallel: number
  pipelineParallel: number
  dataParallel: number
  /** Undefined: the model's own; 'auto': as much as fits. */
  maxModelLen?: number | 'auto'
  gpuMemoryUtilization: number
  kvCacheDtype: string
  maxNumSeqs: number
  isEager: boolean
  trustsRemoteCode: boolean
  hasAutoToolChoice: boolean
  toolCallParser?: string
  reasoningParser?: string
  hasDrafter: boolean
  nodeCount: number
  nodeRank: number
  masterAddress: string
  isHeadless: boolean
  /** Adapters served beside the model: name and path. */
  adapters: { name: string; path: string }[]
  /** As written, for the log. */
  given: Record<string, string | true>
}

const SHORT: Record<string, string> = {
  '-tp': '--tensor-parallel-size',
  '-pp': '--pipeline-parallel-size',
  '-dp': '--data-parallel-size',
  '-n': '--nnodes',
  '-r': '--node-rank',
  '-q': '--quantization',
  '-O': '--optimization-level',
}

// Names of vLLM's real options, so that a typo fails as it would there.
const SWITCHES = new Set(
  `aggregate-engine-logging allow-credentials allow-deprecated-quantization async-scheduling
  calculate-kv-scales cpu-offload-params data-parallel-external-lb data-parallel-hybrid-lb
  disable-access-log-for-endpoints disable-cascade-attn disable-custom-all-reduce
  disable-fastapi-docs disable-frontend-multiprocessing disable-hybrid-kv-cache-manager
  disable-log-requests disable-log-stats disable-nccl-for-dp-synchronization disable-sliding-window
  disable-uvicorn-access-log enable-auto-tool-choice enable-chunked-prefill enable-dbo enable-eplb
  enable-expert-parallel enable-force-include-usage enable-log-outputs enable-log-requests
  enable-lora enable-mfu-metrics enable-prefix-caching enable-prompt-embeds
  enable-prompt-tokens-details enable-request-id-headers enable-return-routed-experts
  enable-server-load-tracking enable-sleep-mode enable-ssl-refresh enable-tokenizer-info-endpoint
  enforce-eager exclude-tools-when-tool-choice-none headless language-model-only
  mm-encoder-only kv-cache-metrics prefix-caching return-tokens-as-token-ids
  skip-mm-profiling skip-tokenizer-init trust-remote-code trust-request-chat-template
  use-tqdm-on-load enable-layerwise-nvtx-tracing show-hidden-metrics-for-version`.split(/\s+/),
)
const VALUES = new Set(
  `allowed-headers allowed-local-media-path allowed-methods allowed-origins api-key api-server-count
  attention-backend attention-config block-size chat-template chat-template-content-format
  code-revision collect-detailed-traces compilation-config config config-format convert
  cpu-offload-gb cudagraph-capture-sizes cudagraph-metrics data-parallel-address
  data-parallel-backend data-parallel-rank data-parallel-rpc-port data-parallel-size
  data-parallel-size-local data-parallel-start-rank dcp-comm-backend decode-context-parallel-size
  default-chat-template-kwargs distributed-executor-backend download-dir dtype ec-transfer-config
  enable-flashinfer-autotune eplb-config expert-placement-strategy generation-config
  gpu-memory-utilization gpu-memory-utilization-gb h11-max-header-count hf-config-path hf-overrides
  hf-token host ignore-patterns io-processor-plugin kernel-config kv-cache-dtype
  kv-cache-memory-bytes kv-events-config kv-offloading-backend kv-offloading-size kv-sharing-fast-prefill
  kv-transfer-config limit-mm-per-prompt linear-backend load-format log-config-file
  logits-processors logprobs-mode long-prefill-token-threshold lora-modules mamba-backend
  mamba-block-size mamba-cache-dtype mamba-cache-mode mamba-ssm-cache-dtype master-addr master-port
  max-cudagraph-capture-size max-logprobs max-long-partial-prefills max-lora-rank max-loras
  max-model-len max-num-batched-tokens max-num-partial-prefills max-num-seqs
  max-parallel-loading-workers media-io-kwargs middleware mm-encoder-tp-mode mm-processor-cache-gb
  mm-processor-cache-type mm-processor-kwargs model model-impl model-loader-extra-config moe-backend
  mxfp4-backend mxfp4-layers nnodes node-rank nvfp4-backend optimization-level
  otlp-traces-endpoint override-generation-config pipeline-parallel-size pooler-config port
  prefix-caching-hash-algo profiler-config quantization reasoning-config reasoning-parser
  reasoning-parser-plugin response-role revision root-path runner safetensors-load-strategy
  scheduler-cls scheduling-policy seed served-model-name speculative-config ssl-ca-certs
  ssl-certfile ssl-keyfile stream-interval structured-outputs-config swap-space task
  tensor-parallel-size tokenizer tokenizer-mode tokenizer-revision tool-call-parser
  tool-parser-plugin tool-server uds uvicorn-log-level worker-cls worker-extension-cls`.split(
    /\s+/,
  ),
)
const LISTS = new Set([
  'served-model-name',
  'lora-modules',
  'cudagraph-capture-sizes',
  'middleware',
])

/** The words behind `vllm serve`, or the mistake as argparse words it. */
export function parseServe(words: readonly string[]): ServeOptions | { mistake: string } {
  const given: Record<string, string | true> = {}
  const lists: Record<string, string[]> = {}
  const positional: string[] = []
  const unknown: string[] = []
  const queue = [...words]
  for (let word = queue.shift(); word !== undefined; word = queue.shift()) {
    const { name, inline } = readName(word)
    if (name === undefined) {
      positional.push(word)
    } else if (SWITCHES.has(name) || (name.startsWith('no-') && isKnown(name.slice(3)))) {
      given[name] = true
    } else if (!VALUES.has(name) && !isDotted(name)) {
      unknown.push(word)
    } else if (LISTS.has(name)) {
      const taken = inline === undefined ? takeList(queue) : [inline]
      if (taken.length === 0)
        return { mistake: `argument --${name}: expected at least one argument` }
      lists[name] = taken
      given[name] = taken.join(' ')
    } else {
      const value = inline ?? queue.shift()
      if (value === undefined || (inline === undefined && /^--[a-z]/.test(value))) {
        return { mistake: `argument --${name}: expected one argument` }
      }
      given[name] = value
    }
  }
  if (positional.length > 1) unknown.push(...positional.slice(1))
  if (unknown.length > 0) return { mistake: `unrecognized arguments: ${unknown.join(' ')}` }
  return toOptions(positional[0] ?? text(given.model) ?? 'Qwen/Qwen3-0.6B', given, lists)
}

function toOptions(
  model: string,
  given: Record<string, string | true>,
  lists: Record<string, string[]>,
): ServeOptions | { mistake: string } {
  const mistakes: string[] = []
  const number = (name: string, fallback: number) => {
    const value = text(given[name])
    if (value === undefined) return fallback
    const parsed = parseSize(value)
    if (parsed === undefined) mistakes.push(`argument --${name}: invalid int value: '${value}'`)
    return parsed ?? fallback
  }
  const maxModelLen = ['auto', '-1'].includes(text(given['max-model-len']) ?? '')
    ? 'auto'
    : number('max-model-len', 0)
  const toolCallParser = text(given['tool-call-parser'])
  const reasoningParser = text(given['reasoning-parser'])
  const apiKey = text(given['api-key'])
  const options: ServeOptions = {
    model,
    servedNames: lists['served-model-name'] ?? [model],
    host: text(given.host) ?? '0.0.0.0',
    port: number('port', 8000),
    ...(apiKey === undefined ? {} : { apiKey }),
    tensorParallel: number('tensor-parallel-size', 1),
    pipelineParallel: number('pipeline-parallel-size', 1),
    dataParallel: number('data-parallel-size', 1),
    ...(maxModelLen === 0 ? {} : { maxModelLen }),
    gpuMemoryUtilization: number('gpu-memory-utilization', 0.9),
    kvCacheDtype: text(given['kv-cache-dtype']) ?? 'auto',
    maxNumSeqs: number('max-num-seqs', 256),
    isEager: given['enforce-eager'] === true,
    trustsRemoteCode: given['trust-remote-code'] === true,
    hasAutoToolChoice: given['enable-auto-tool-choice'] === true,
    ...(toolCallParser === undefined ? {} : { toolCallParser }),
    ...(reasoningParser === undefined ? {} : { reasoningParser }),
    hasDrafter: given['speculative-config'] !== undefined,
    nodeCount: number('nnodes', 1),
    nodeRank: number('node-rank', 0),
    masterAddress: `${text(given['master-addr']) ?? '127.0.0.1'}:${text(given['master-port']) ?? 29501}`,
    isHeadless: given.headless === true,
    adapters: given['enable-lora'] ? (lists['lora-modules'] ?? []).map(readAdapter) : [],
    given,
  }
  return mistakes[0] === undefined ? options : { mistake: mistakes[0] }
}

function readAdapter(word: string): { name: string; path: string } {
  const at = word.indexOf('=')
  return { name: word.slice(0, at), path: word.slice(at + 1) }
}

function readName(word: string): { name?: string; inline?: string } {
  if (!/^--?[A-Za-z]/.test(word)) return {}
  const [head = '', inline] = /^(.*?)=(.*)$/s.exec(word)?.slice(1) ?? [word]
  if (/^-O\d$/.test(head)) return { name: 'optimization-level', inline: head.slice(2) }
  const long = SHORT[head] ?? head
  if (!long.startsWith('--')) return { name: long }
  const name = long.slice(2).replaceAll('_', '-')
  return inline === undefined ? { name } : { name, inline }
}

function isKnown(name: string): boolean {
  return SWITCHES.has(name) || VALUES.has(name)
}

/** `--compilation-config.level 3`: a key of an option that takes JSON. */
function isDotted(name: string): boolean {
  const at = name.indexOf('.')
  return at > 0 && VALUES.has(name.slice(0, at))
}

function takeList(queue: string[]): string[] {
  const end = queue.findIndex((word) => word.startsWith('-'))
  return queue.splice(0, end < 0 ? queue.length : end)
}

/** `32768`, `32k` (thousands), `32K` (1024s). */
function parseSize(value: string): number | undefined {
  const [, digits = '', unit = ''] = /^(\d+(?:\.\d+)?)([kKmMgG]?)$/.exec(value) ?? []
  if (digits === '') return undefined
  const factor = { k: 1e3, K: 1024, m: 1e6, M: 1024 ** 2, g: 1e9, G: 1024 ** 3 }[unit] ?? 1
  return Number(digits) * factor
}

function text(value: string | true | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined
}
