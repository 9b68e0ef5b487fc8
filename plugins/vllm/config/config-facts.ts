import { type Capability, readCapabilities } from './capabilities.ts'
import { attentionHeads } from './config-attention.ts'
import { readLayout } from './config-layout.ts'
import { countExperts, countParameters } from './config-params.ts'
import { type Config, flattenConfig, parseConfig, positive, wordOf } from './config-text.ts'
import { bytesPerToken, type Layout } from './layout.ts'
import { type Quantization, readQuantization } from './quantization.ts'

/** What config.json (and its neighbours) say about a model; small enough to keep for every model. */
export interface ConfigFacts {
  modelType: string
  architecture: string
  /** Context the model was made for; null if it does not say. */
  contextLimit: number | null
  /** `fp8-block`, `fp8`, `nvfp4`, `mxfp4`, `int4` …; `none` for unquantized. */
  quantization: string
  /** Where that stands. */
  quantizationBecause: string
  /** Its makers quantized the cache with it. */
  hasFp8Cache: boolean
  isMoe: boolean
  capabilities: Capability[]
  /** Query heads, which the number of machines must divide; null if unknown. */
  heads: number | null
  /** What it keeps of every sequence; null if sizes are missing. */
  layout: Layout | null
  /** Bytes of fp8 cache per token for the whole model; null if unknown. */
  cacheBytesPerToken: number | null
  /** Parameters by the sizes given, and what their weights come to; null if sizes are missing. */
  parameters: number | null
  estimatedWeightBytes: number | null
  /** What the chat template speaks. */
  markers: string[]
}

/** Reads the facts; undefined when config.json cannot be read. */
export function readFacts(files: {
  config: string | undefined
  quantConfig?: string | undefined
  markers?: string[] | undefined
  isPooled?: boolean | undefined
}): ConfigFacts | undefined {
  const config = parseConfig(files.config)
  if (!config) return undefined
  const flat = flattenConfig(config)
  const markers = files.markers ?? []
  const architecture = firstString(flat.architectures)
  const quantization = readQuantization(flat, parseConfig(files.quantConfig))
  const layout = readLayout(flat)
  return {
    modelType: wordOf(flat.model_type),
    architecture,
    contextLimit: contextLimit(flat),
    quantization: quantization.label,
    quantizationBecause: quantization.because,
    hasFp8Cache: quantization.hasFp8Cache,
    isMoe: countExperts(flat) > 1,
    capabilities: readCapabilities(flat, architecture, {
      markers,
      isPooled: files.isPooled ?? false,
    }),
    heads: attentionHeads(flat) ?? null,
    layout,
    cacheBytesPerToken: (layout && bytesPerToken(layout, { elementBytes: 1 })) || null,
    ...weightsOf(flat, quantization),
    markers,
  }
}

function weightsOf(flat: Config, { weightBytes, attentionBytes }: Quantization) {
  const counted = countParameters(flat)
  if (!counted) return { parameters: null, estimatedWeightBytes: null }
  const { total, embeddings, attention } = counted
  const rest = total - embeddings - attention
  return {
    parameters: total,
    estimatedWeightBytes: embeddings * 2 + attention * attentionBytes + rest * weightBytes,
  }
}

const contextLimit = (flat: Config): number | null =>
  positive(flat, 'max_position_embeddings', 'max_sequence_length', 'seq_length', 'n_positions') ??
  null

const firstString = (value: unknown): string => (Array.isArray(value) ? wordOf(value[0]) : '')
