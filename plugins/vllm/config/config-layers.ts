import { type Config, isRecord, positive, wordOf } from './config-text.ts'

/** What a layer does about the context; `moe` and `mlp` are layers of nothing else (Nemotron-H). */
export type LayerKind = 'full' | 'window' | 'chunk' | 'gdn' | 'mamba' | 'moe' | 'mlp' | 'none'

export interface Layers {
  kinds: LayerKind[]
  /** The key of config.json that said so. */
  from: string
  /** Words of that key that are not known; such layers count as full attention. */
  unknown: string[]
}

type Source = (config: Config, count: number | undefined) => (LayerKind | string)[] | undefined

/** Where the kinds of layers stand, the most telling key first. */
const SOURCES: readonly [key: string, read: Source][] = [
  // compressed attention of a kind this program cannot count: as if it kept everything
  ['compress_ratios', (config, count) => (config.compress_ratios ? all('full', count) : undefined)],
  ['hybrid_override_pattern', ({ hybrid_override_pattern: pattern }) => letters(pattern)],
  ['layer_types', ({ layer_types: words }) => named(words)],
  ['layers_block_type', ({ layers_block_type: words }) => named(words)],
  ['block_configs', ({ block_configs: blocks }) => list(blocks)?.map(blockKind)],
  [
    'hybrid_layer_pattern',
    ({ hybrid_layer_pattern: pattern }) =>
      list(pattern)?.map((flag) => (isSet(flag) ? 'window' : 'full')),
  ],
  ['linear_attn_config', fullAttentionLayers],
  [
    'full_attention_interval',
    (config, count) => every(count, positive(config, 'full_attention_interval'), 'gdn'),
  ],
  ['no_rope_layers', chunkedLayers],
  ['sliding_window_pattern', alternatingWindows],
  ['sliding_window', windowsFrom],
]

/** What each layer keeps; undefined when not even their number is given. */
export function readLayers(config: Config): Layers | undefined {
  const count = layerCount(config)
  for (const [from, read] of SOURCES) {
    const found = read(config, count)
    if (!found?.length) continue
    const unknown = [...new Set(found.filter((kind) => !isKind(kind)))]
    const kinds = found.map((kind) => (isKind(kind) ? kind : 'full'))
    return { kinds, from, unknown }
  }
  const kinds = all(keepsNothing(config) ? 'none' : 'full', count)
  return kinds && { kinds, from: 'num_hidden_layers', unknown: [] }
}

/** The deepest models have some two hundred layers. */
const MOST_LAYERS = 1024

function layerCount(config: Config): number | undefined {
  const count = positive(config, 'num_hidden_layers', 'num_layers', 'n_layer')
  return count !== undefined && Number.isInteger(count) && count <= MOST_LAYERS ? count : undefined
}

const KINDS: readonly string[] = ['full', 'window', 'chunk', 'gdn', 'mamba', 'moe', 'mlp', 'none']
const isKind = (word: string): word is LayerKind => KINDS.includes(word)

const WORDS: readonly [RegExp, LayerKind][] = [
  [/sliding|local|window/, 'window'],
  [/chunked/, 'chunk'],
  [/mamba|ssm/, 'mamba'],
  [/linear|delta|recurrent/, 'gdn'],
  [/^moe$/, 'moe'],
  [/^mlp$/, 'mlp'],
  [/^(conv|none|no_op)$/, 'none'],
  [/^((full|global|deepseek_sparse)_attention|full|global|attention|hybrid|dense)$/, 'full'],
]

const named = (value: unknown): string[] | undefined =>
  list(value)?.map((word) => {
    const text = wordOf(word).toLowerCase()
    return WORDS.find(([pattern]) => pattern.test(text))?.[1] ?? text
  })

const LETTERS: Readonly<Record<string, LayerKind>> = {
  M: 'mamba',
  '*': 'full',
  E: 'moe',
  '-': 'mlp',
}

const letters = (pattern: unknown): string[] | undefined =>
  typeof pattern === 'string' && pattern.length <= MOST_LAYERS
    ? [...pattern].map((letter) => LETTERS[letter] ?? letter)
    : undefined

function blockKind(block: unknown): LayerKind {
  const attention = isRecord(block) && isRecord(block.attention) ? block.attention : {}
  return attention.no_op === true || attention.replace_with_linear === true ? 'none' : 'full'
}

/** Kimi Linear counts its layers from 1. */
function fullAttentionLayers(config: Config, count: number | undefined): LayerKind[] | undefined {
  const given = config.linear_attn_config
  const full = isRecord(given) ? list(given.full_attn_layers) : undefined
  return full && all('gdn', count)?.map((kind, at) => (full.includes(at + 1) ? 'full' : kind))
}

/** Llama 4: layers with rotary positions see their own chunk only. */
function chunkedLayers(config: Config, count: number | undefined): LayerKind[] | undefined {
  if (positive(config, 'attention_chunk_size') === undefined) return undefined
  const flags = list(config.no_rope_layers)
  if (flags?.length) return flags.map((flag) => (isSet(flag) ? 'chunk' : 'full'))
  return every(count, positive(config, 'no_rope_layer_interval') ?? 4, 'chunk')
}

const STEPS = new Map([
  ['gemma2', 2],
  ['gemma3', 6],
  ['gemma3_text', 6],
  ['cohere2', 4],
])

/** Gemma 2 and 3 and Command A before they listed their layers. */
function alternatingWindows(config: Config, count: number | undefined): LayerKind[] | undefined {
  if (positive(config, 'sliding_window') === undefined) return undefined
  const step =
    positive(config, 'sliding_window_pattern', '_sliding_window_pattern') ??
    STEPS.get(wordOf(config.model_type))
  return every(count, step, 'window')
}

/** One window for all layers (Mistral), or from a layer on (Qwen2). */
function windowsFrom(config: Config, count: number | undefined): LayerKind[] | undefined {
  if (positive(config, 'sliding_window') === undefined) return undefined
  if (config.use_sliding_window === false) return undefined
  const first = positive(config, 'max_window_layers') ?? 0
  return all('full', count)?.map((kind, at) => (at >= first ? 'window' : kind))
}

/** Encoders read a text at once and keep nothing of it. */
const keepsNothing = ({ architectures }: Config): boolean =>
  /Bert|Roberta|TextEncoding/.test(wordOf(list(architectures)?.[0]))

const list = (value: unknown): unknown[] | undefined =>
  Array.isArray(value) && value.length <= MOST_LAYERS ? value : undefined

const isSet = (flag: unknown): boolean => flag === 1 || flag === true

const all = (kind: LayerKind, count: number | undefined): LayerKind[] | undefined =>
  count === undefined ? undefined : new Array<LayerKind>(count).fill(kind)

const every = (
  count: number | undefined,
  step: number | undefined,
  other: LayerKind,
): LayerKind[] | undefined =>
  step === undefined || step <= 1
    ? undefined
    : all(other, count)?.map((kind, at) => ((at + 1) % step === 0 ? 'full' : kind))
