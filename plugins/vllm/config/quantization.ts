import { type Config, isRecord, positive, wordOf } from './config-text.ts'

/** The format of the weights. */
export interface Quantization {
  /** `fp8-block`, `fp8`, `nvfp4`, `mxfp4`, `int4` …; `none` for unquantized. */
  label: string
  /** Bytes of a quantized weight with its scales. */
  weightBytes: number
  /** Bytes of a weight of attention, which many makers leave in 16 bit. */
  attentionBytes: number
  /** What said so. */
  because: string
  /** Its makers quantized the cache with it, so that fp8 loses nothing more. */
  hasFp8Cache: boolean
}

/**
 * Reads the format. Order of sources: config.json, its text part, hf_quant_config.json. vLLM finds
 * it out the same way, so no flag is made of it.
 */
export function readQuantization(flat: Config, beside: Config | undefined): Quantization {
  const inside = [flat.quantization_config, flat.compression_config]
    .filter(isRecord)
    .map(unwrap)
    .find(isTelling)
  const outside = isRecord(beside?.quantization) ? beside.quantization : undefined
  const given = inside ?? (outside && isTelling(outside) ? outside : undefined)
  const hasFp8Cache = isFp8(given?.kv_cache_scheme) || isFp8(outside?.kv_cache_quant_algo)
  if (!given) {
    const because = 'no quantization is named'
    return { label: 'none', weightBytes: 2, attentionBytes: 2, because, hasFp8Cache }
  }
  // NVIDIA ships FP4 experts under a config that says fp8, the truth beside it
  const algo = [given.quant_algo, inside && outside?.quant_algo].map(upper).join(' ')
  const label = isFp4Inside(flat, given, algo) ? mixedLabel(given) : labelOf(given, algo)
  const weightBytes = bytesOf(label, given)
  return {
    label,
    weightBytes,
    attentionBytes: keepsAttention(flat, given, label)
      ? 2
      : (mixedAttention(given, algo) ?? weightBytes),
    because: `as ${inside ? 'quantization_config' : 'hf_quant_config.json'} says: ${wordsOf(given)}`,
    hasFp8Cache,
  }
}

/** Older ModelOpt files nest the algorithm once more. */
const unwrap = (given: Config): Config =>
  isRecord(given.quantization) ? { ...given.quantization, ...given } : given

const isTelling = (given: Config): boolean => Boolean(given.quant_method ?? given.quant_algo)

const upper = (value: unknown): string => wordOf(value).toUpperCase()

const isFp8 = (scheme: unknown): boolean =>
  isRecord(scheme)
    ? scheme.num_bits === 8 && scheme.type !== 'int'
    : upper(scheme).startsWith('FP8')

const isFp4Inside = (flat: Config, given: Config, algo: string): boolean =>
  algo.includes('MIXED_PRECISION') || [flat.expert_dtype, given.expert_dtype].includes('fp4')

/** The narrowest format of a mixture: experts have it, and they are nearly all of the weights. */
function mixedLabel({ quantized_layers: layers }: Config): string {
  const algos = isRecord(layers)
    ? Object.values(layers).map((layer) => upper(isRecord(layer) ? layer.quant_algo : layer))
    : []
  if (algos.length > 0 && !algos.some((algo) => /FP4|INT4/.test(algo))) return 'fp8'
  return algos.some((algo) => algo.includes('INT4')) ? 'int4' : 'nvfp4'
}

function labelOf(given: Config, algo: string): string {
  const method = wordOf(given.quant_method).toLowerCase()
  if (/NVFP4/.test(algo) || method === 'modelopt_fp4') return 'nvfp4'
  if (/MXFP4/.test(algo) || method === 'mxfp4') return 'mxfp4'
  if (/MXFP8/.test(algo) || method === 'mxfp8') return 'mxfp8'
  if (/INT4|W4A(8|16)/.test(algo)) return 'int4'
  if (method === 'compressed-tensors') return compressedTensors(given)
  if (method === 'fp8') return Array.isArray(given.weight_block_size) ? 'fp8-block' : 'fp8'
  if (algo.includes('FP8') || /fp8/.test(method)) return 'fp8'
  if (/auto-round/.test(method)) return autoRound(given)
  if (/awq|gptq/.test(method)) return `int${bitsOf(given)}`
  return method || 'none'
}

function compressedTensors(given: Config): string {
  const format = wordOf(given.format)
  if (format.includes('nvfp4')) return 'nvfp4'
  if (format.includes('mxfp4')) return 'mxfp4'
  const groups = isRecord(given.config_groups) ? Object.values(given.config_groups) : []
  const labels = groups.flatMap((group) => {
    const weights = isRecord(group) ? group.weights : undefined
    return isRecord(weights) ? groupLabel(weights) : []
  })
  if (labels.length > 0) return labels.toSorted((a, b) => bitsIn(a) - bitsIn(b))[0] ?? ''
  return format === 'float-quantized' ? 'fp8' : 'compressed'
}

function groupLabel(weights: Config): string[] {
  const bits = positive(weights, 'num_bits')
  if (bits === undefined) return []
  if (weights.type !== 'float') return [`int${bits}`]
  if (bits === 8) return [weights.strategy === 'block' ? 'fp8-block' : 'fp8']
  return [GROUPED_FP4.get(weights.group_size) ?? `fp${bits}`]
}

const GROUPED_FP4 = new Map<unknown, string>([
  [16, 'nvfp4'],
  [32, 'mxfp4'],
])

function autoRound(given: Config): string {
  const type = wordOf(given.data_type)
  if (type.startsWith('nv_fp')) return 'nvfp4'
  return type.startsWith('mx_fp') ? `mxfp${bitsOf(given)}` : `int${bitsOf(given)}`
}

const bitsOf = (given: Config): number => positive(given, 'bits', 'w_bit') ?? 4
const bitsIn = (label: string): number => Number(/(\d+)/.exec(label)?.[1] ?? 16)

const FIXED_BYTES: Readonly<Record<string, number>> = {
  // four bits, and a scale of one byte for every 16 or 32 of them
  nvfp4: 0.5625,
  mxfp4: 0.53125,
  mxfp8: 1.03125,
  'fp8-block': 1,
  fp8: 1,
  none: 2,
}

function bytesOf(label: string, given: Config): number {
  const fixed = Object.hasOwn(FIXED_BYTES, label) ? FIXED_BYTES[label] : undefined
  if (fixed !== undefined) return fixed
  const bits = bitsIn(label)
  if (!/^(int|fp)\d/.test(label)) return 2
  const group = groupSize(given)
  // a 16-bit scale for every group; AWQ and GPTQ keep a zero point beside it
  const zero = /awq|gptq|auto-round/i.test(wordOf(given.quant_method)) ? bits / 8 : 0
  return bits / 8 + (group > 0 ? (2 + zero) / group : 0)
}

function groupSize(given: Config): number {
  const own = positive(given, 'group_size', 'q_group_size')
  if (own !== undefined) return own
  const groups = isRecord(given.config_groups) ? Object.values(given.config_groups) : []
  for (const group of groups) {
    const weights = isRecord(group) && isRecord(group.weights) ? group.weights : {}
    const size = positive(weights, 'group_size')
    if (size !== undefined) return size
  }
  return 0
}

/** Makers that leave attention alone without always listing it. Source: their published files. */
const KEEPS_ATTENTION: readonly { modelType: RegExp; label: RegExp }[] = [
  { modelType: /^gemma/, label: /^nvfp4$/ },
  { modelType: /^gpt_oss/, label: /^mxfp4$/ },
  { modelType: /^kimi/, label: /^int4$/ },
]

function keepsAttention(flat: Config, given: Config, label: string): boolean {
  const lists = [given.ignore, given.modules_to_not_convert, given.exclude_modules]
  const named = lists.flatMap((list) => (Array.isArray(list) ? list.map(wordOf) : []))
  const layers = new Set<string>()
  for (const name of named) {
    if (!ATTENTION.test(name)) continue
    const layer = /layers?\.(\d+)/.exec(name)?.[1]
    if (layer === undefined) return true
    layers.add(layer)
  }
  const count = positive(flat, 'num_hidden_layers') ?? 1
  if (layers.size > 0) return layers.size >= count / 2
  return KEEPS_ATTENTION.some(
    (row) => row.modelType.test(wordOf(flat.model_type)) && row.label.test(label),
  )
}

/** Attention as a whole, or one of its large matrices; norms and indexes do not count. */
const ATTENTION = /attn\W*($|(q|k|v|o|qkv|q_a|q_b|kv_a|kv_b|out)_proj|in_proj_qkv)/

/** In a mixture attention has the format its layers are listed with, 16 bit if they are not. */
function mixedAttention(given: Config, algo: string): number | undefined {
  // fp8 whose experts are fp4 (DeepSeek-V4)
  if (!algo.includes('MIXED_PRECISION')) return given.quant_method === 'fp8' ? 1 : undefined
  const { quantized_layers: layers } = given
  for (const [name, layer] of isRecord(layers) ? Object.entries(layers) : []) {
    if (!name.includes('attn') || !isRecord(layer)) continue
    return /FP4/.test(upper(layer.quant_algo)) ? FIXED_BYTES.nvfp4 : 1
  }
  return 2
}

function wordsOf(given: Config): string {
  const words = [given.quant_method, given.quant_algo, given.format]
  return words.map(wordOf).filter(Boolean).join(' ')
}
