import { cacheBytes, longestSequence } from '../config/hybrid-blocks.ts'
import type { Layout } from '../config/layout.ts'
import { unevenHeads } from '../config/split.ts'

const GIB = 2 ** 30
/** Activations, graphs and communication buffers; measured 6–10 GiB on GB10. */
const OVERHEAD_BYTES = 8 * GIB
/** On a card of its own an engine needs less; a rule of thumb. */
const CARD_OVERHEAD_BYTES = 4 * GIB
/** Above this share of memory one machine counts as full; a second is used where there is one. */
const SOLO_SHARE = 0.8
/** Unified memory freezes the host near the top; this much vLLM may take on each of several. */
const CLUSTER_SHARE = 0.85
/** A card has no system beside the engine; vLLM's own default. */
const CARD_SHARE = 0.9
/** The least cache worth starting with. */
const LEAST_CONTEXT = 32_768
/** Numbers of GPUs the launcher spreads a model over; heads rarely split in three. */
const SPREADS = [1, 2, 4, 8]

export interface FitInput {
  weightBytes: number
  /** Memory of one GPU as the engine sees it: of a machine where the GPU shares it. */
  hostBytes: number
  /** GPUs there are: one in each machine, or the cards of one. */
  hosts: number
  /** They are cards with memory of their own. */
  isCard?: boolean
  /** It gets as many of them as can share it, not as few as hold it. */
  takesAll?: boolean
  layout: Layout | null
  /** Query heads; null if unknown. */
  heads: number | null
  contextLimit: number | null
}

export interface Fit {
  /** GPUs it takes; null if it fits on none of the numbers there are. */
  nodes: number | null
  /** The most it could be spread over, whether it fits or not. */
  most: number
  /** Numbers of them there are that cannot share its heads evenly. */
  uneven: number[]
  utilization: number
  maxModelLen: number | null
  /** Bytes one of them needs with that context. */
  needBytes: number
}

/** How many GPUs a model takes and how long its context can be. Pure arithmetic, an estimate. */
export function fitModel(input: FitInput): Fit {
  const context = Math.min(LEAST_CONTEXT, input.contextLimit ?? LEAST_CONTEXT)
  const there = SPREADS.filter((nodes) => nodes <= Math.max(1, input.hosts))
  const even = there.filter((nodes) => unevenHeads(input, nodes) === undefined)
  const candidates = input.takesAll ? even.slice(-1) : even
  const nodes =
    candidates.find(
      (count) => needOf(input, count, context) <= shareFor(input, count) * input.hostBytes,
    ) ?? null
  const most = even.at(-1) ?? 1
  const utilization = shareFor(input, nodes ?? most)
  const maxModelLen =
    nodes === null ? input.contextLimit : longestContext(input, nodes, utilization)
  return {
    nodes,
    most,
    uneven: there.filter((count) => !even.includes(count)),
    utilization,
    maxModelLen,
    needBytes: needOf(input, nodes ?? most, (nodes !== null && maxModelLen) || context),
  }
}

/** What an engine takes besides weights and cache. */
export const overheadFor = (isCard: boolean): number =>
  isCard ? CARD_OVERHEAD_BYTES : OVERHEAD_BYTES

const shareFor = ({ isCard }: FitInput, nodes: number): number =>
  isCard ? CARD_SHARE : nodes === 1 ? SOLO_SHARE : CLUSTER_SHARE

/** The cache is fp8 where a suggestion is made. */
const onEach = (nodes: number) => ({ elementBytes: 1 as const, tensorParallel: nodes })

function needOf({ weightBytes, layout, isCard }: FitInput, nodes: number, context: number): number {
  const cache = layout ? cacheBytes(layout, context, onEach(nodes)) : 0
  return weightBytes / nodes + overheadFor(isCard ?? false) + cache
}

/** The longest context that fits: the model's own limit, else the next lower power of two. */
function longestContext(input: FitInput, nodes: number, share: number): number | null {
  const { layout, contextLimit } = input
  if (contextLimit === null || !layout) return contextLimit
  const besides = input.weightBytes / nodes + overheadFor(input.isCard ?? false)
  const left = share * input.hostBytes - besides
  const tokens = longestSequence(layout, left, contextLimit, onEach(nodes))
  if (tokens >= contextLimit) return contextLimit
  return 2 ** Math.floor(Math.log2(Math.max(tokens, 256)))
}
