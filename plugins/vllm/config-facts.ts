import { cacheBytesPerToken } from './cache-size.ts'
import { flattenConfig, isRecord, parseConfig } from './config-text.ts'

/** What config.json (and its neighbours) say about a model; small enough to keep for every model. */
export interface ConfigFacts {
  modelType: string
  architecture: string
  /** Context the model was made for; null if it does not say. */
  contextLimit: number | null
  /** `bf16`, `fp8-block`, `nvfp4`, `mxfp4`, `int4` …; `none` for unquantized. */
  quantization: string
  isMoe: boolean
  capabilities: Capability[]
  /** Bytes of fp8 cache per token for the whole model, an upper bound; null if unknown. */
  cacheBytesPerToken: number | null
  /** The cache grows on one machine as on many (MLA keeps one vector). */
  isCacheShared: boolean
  /** What the chat template speaks. */
  markers: string[]
}

export type Capability = 'chat' | 'completion' | 'vision' | 'audio' | 'embedding' | 'rerank'

/** Reads the facts; undefined when config.json cannot be read. */
export function readFacts(files: {
  config: string | undefined
  quantConfig?: string | undefined
  markers?: string[] | undefined
}): ConfigFacts | undefined {
  const config = parseConfig(files.config)
  if (!config) return undefined
  const flat = flattenConfig(config)
  const markers = files.markers ?? []
  const architecture = firstString(flat.architectures)
  return {
    modelType: typeof flat.model_type === 'string' ? flat.model_type : '',
    architecture,
    contextLimit: contextLimit(flat),
    quantization: quantization(config, parseConfig(files.quantConfig)),
    isMoe: ['num_experts', 'num_local_experts', 'n_routed_experts', 'moe_num_experts'].some(
      (key) => Number(flat[key]) > 1,
    ),
    capabilities: capabilities(config, architecture, markers),
    ...cacheOf(flat),
    markers,
  }
}

function cacheOf(flat: Record<string, unknown>) {
  const isCacheShared = Number(flat.kv_lora_rank) > 0
  return { cacheBytesPerToken: cacheBytesPerToken(flat), isCacheShared }
}

function contextLimit(flat: Record<string, unknown>): number | null {
  for (const key of [
    'max_position_embeddings',
    'max_sequence_length',
    'seq_length',
    'n_positions',
  ]) {
    const value = Number(flat[key])
    if (Number.isInteger(value) && value > 0) return value
  }
  return null
}

function capabilities(
  config: Record<string, unknown>,
  architecture: string,
  markers: string[],
): Capability[] {
  if (/ForSequenceClassification$/.test(architecture)) return ['rerank']
  if (/ForTextEncoding$/.test(architecture)) return ['embedding']
  if (!/For(CausalLM|ConditionalGeneration)$|LMHeadModel$/.test(architecture)) {
    return /Model$/.test(architecture) ? ['embedding'] : []
  }
  const found: Capability[] = [markers.includes('template') ? 'chat' : 'completion']
  if (isRecord(config.vision_config) || Number.isInteger(config.image_token_id)) {
    found.push('vision')
  }
  if (isRecord(config.audio_config)) found.push('audio')
  return found
}

/** One word for the weights' format. Order of sources: config, its text part, hf_quant_config.json. */
function quantization(
  config: Record<string, unknown>,
  beside: Record<string, unknown> | undefined,
): string {
  const inner = isRecord(config.text_config) ? config.text_config.quantization_config : undefined
  const given = [config.quantization_config, inner, beside?.quantization].find(isRecord)
  if (!given) return 'none'
  const method = String(given.quant_method ?? '').toLowerCase()
  const algo = String(given.quant_algo ?? '').toUpperCase()
  if (algo === 'MIXED_PRECISION' || config.expert_dtype === 'fp4') return 'nvfp4'
  if (algo.includes('NVFP4')) return 'nvfp4'
  if (method === 'compressed-tensors') return compressedTensors(given)
  if (method === 'fp8') return Array.isArray(given.weight_block_size) ? 'fp8-block' : 'fp8'
  if (algo.startsWith('FP8')) return 'fp8'
  if (method === 'mxfp4') return 'mxfp4'
  const bits = Number(given.bits ?? given.w_bit)
  if (['awq', 'gptq', 'auto-round'].includes(method)) return `int${bits || 4}`
  return method || 'none'
}

function compressedTensors(given: Record<string, unknown>): string {
  const format = String(given.format ?? '')
  if (format.includes('nvfp4')) return 'nvfp4'
  if (format.includes('mxfp4')) return 'mxfp4'
  if (format === 'float-quantized') return 'fp8'
  const groups = isRecord(given.config_groups) ? Object.values(given.config_groups) : []
  for (const group of groups) {
    const weights = isRecord(group) ? group.weights : undefined
    if (isRecord(weights) && Number(weights.num_bits) > 0) {
      return `${weights.type === 'float' ? 'fp' : 'int'}${Number(weights.num_bits)}`
    }
  }
  return 'compressed'
}

const firstString = (value: unknown): string =>
  Array.isArray(value) && typeof value[0] === 'string' ? value[0] : ''
