import { fullAttention, gatedDelta, mamba, windowAttention } from './config-attention.ts'
import { type LayerKind, type Layers, readLayers } from './config-layers.ts'
import { type Config, positive } from './config-text.ts'
import type { LayerGroup, Layout } from './layout.ts'

type Layer = LayerGroup extends infer G ? (G extends LayerGroup ? Omit<G, 'count'> : never) : never

/** What a flattened config.json says its layers keep; null when sizes are missing. */
export function readLayout(config: Config): Layout | null {
  const layers = readLayers(config)
  if (!layers) return null
  const read: Layer[] = []
  const guesses = new Set<string>()
  const ownCache = layers.kinds.length - (positive(config, 'num_kv_shared_layers') ?? 0)
  for (const [at, kind] of layers.kinds.entries()) {
    // the last layers of Gemma 3n and of the small Gemma 4 read another layer's cache
    const layer: Layer | null = at < ownCache ? readLayer(config, kind, at, guesses) : NOTHING
    if (!layer) return null
    read.push(layer)
  }
  const estimate = [...guesses, ...unknownLayers(layers, config)].join('; ')
  return { groups: groupLayers(read), from: layers.from, ...(estimate && { estimate }) }
}

const NOTHING: Layer = { kind: 'none' }

function readLayer(
  config: Config,
  kind: LayerKind,
  at: number,
  guesses: Set<string>,
): Layer | null {
  switch (kind) {
    case 'full':
      return fullLayer(config, at)
    case 'window':
    case 'chunk':
      return windowLayer(config, kind, guesses)
    case 'gdn':
    case 'mamba': {
      const layer = kind === 'gdn' ? deltaLayer(config) : mambaLayer(config)
      if (!layer) guesses.add('the fixed state of its linear layers is not given and not counted')
      return layer ?? NOTHING
    }
    default:
      return NOTHING
  }
}

function fullLayer(config: Config, at: number): Layer | null {
  const latentDim = positive(config, 'kv_lora_rank')
  const ropeDim = positive(config, 'qk_rope_head_dim') ?? 0
  const indexDim =
    positive(config, 'index_topk') === undefined
      ? null
      : (positive(config, 'index_head_dim') ?? null)
  if (latentDim !== undefined) return { kind: 'mla', latentDim, ropeDim, indexDim }
  const attention = fullAttention(config, at)
  if (!attention) return null
  // DeepSeek-V4: one vector a token, compressed further in a way this program cannot count
  if (config.compress_ratios) {
    return { kind: 'mla', latentDim: attention.keyDim - ropeDim, ropeDim, indexDim }
  }
  const { kvHeads, keyDim, valueDim } = attention
  return { kind: 'full', kvHeads, keyDim, valueDim }
}

function windowLayer(config: Config, kind: 'window' | 'chunk', guesses: Set<string>): Layer | null {
  const attention = windowAttention(config)
  if (!attention) return null
  const given =
    kind === 'window'
      ? positive(config, 'sliding_window', 'sliding_window_size')
      : positive(config, 'attention_chunk_size')
  if (given === undefined) guesses.add('the size of its window is not given')
  const window = given ?? positive(config, 'max_position_embeddings') ?? Number.MAX_SAFE_INTEGER
  const { kvHeads, keyDim, valueDim } = attention
  return { kind, window, kvHeads, keyDim, valueDim }
}

function deltaLayer(config: Config): Layer | undefined {
  const sizes = gatedDelta(config)
  if (!sizes) return undefined
  const values = sizes.valueHeads * sizes.valueDim
  return {
    kind: 'gdn',
    convWidth: 2 * sizes.keyHeads * sizes.keyDim + values,
    convKernel: sizes.kernel,
    stateElements: values * sizes.keyDim,
    stateElementBytes: sizes.stateElementBytes,
  }
}

function mambaLayer(config: Config): Layer | undefined {
  const sizes = mamba(config)
  if (!sizes) return undefined
  const inner = sizes.heads * sizes.headDim
  return {
    kind: 'mamba',
    convWidth: inner + 2 * sizes.groups * sizes.stateSize,
    convKernel: sizes.kernel,
    stateElements: inner * sizes.stateSize,
    stateElementBytes: sizes.stateElementBytes,
  }
}

function unknownLayers({ unknown }: Layers, config: Config): string[] {
  return [
    ...(unknown.length > 0
      ? [`layers called ${unknown.slice(0, 5).join(', ')} are counted as full attention`]
      : []),
    ...(config.compress_ratios ? ['its compressed attention is counted uncompressed'] : []),
  ]
}

/** Equal layers together, in the order each sort first appears. */
function groupLayers(layers: readonly Layer[]): LayerGroup[] {
  const groups = new Map<string, LayerGroup>()
  for (const layer of layers) {
    const name = JSON.stringify(layer)
    const group = groups.get(name)
    if (group) group.count++
    else groups.set(name, { count: 1, ...layer })
  }
  return [...groups.values()]
}
