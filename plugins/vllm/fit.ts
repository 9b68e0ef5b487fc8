const GIB = 2 ** 30
/** Activations, graphs and communication buffers; measured 6–10 GiB on GB10. */
export const OVERHEAD_BYTES = 8 * GIB
/** Above this share of memory one machine counts as full; a second is used where there is one. */
const SOLO_SHARE = 0.8
/** Unified memory freezes the host near the top; this much vLLM may take on each of several. */
const CLUSTER_SHARE = 0.85
/** The least cache worth starting with. */
const LEAST_CONTEXT = 32_768

export interface FitInput {
  weightBytes: number
  /** Memory of one machine as the engine sees it. */
  hostBytes: number
  hosts: number
  cacheBytesPerToken: number | null
  isCacheShared: boolean
  contextLimit: number | null
}

export interface Fit {
  /** Machines it takes; null if it fits on none of the numbers there are. */
  nodes: number | null
  utilization: number
  maxModelLen: number | null
  /** Bytes one machine needs with that context. */
  needBytes: number
}

/** How many machines a model takes and how long its context can be. Pure arithmetic, an estimate. */
export function fitModel(input: FitInput): Fit {
  const context = Math.min(LEAST_CONTEXT, input.contextLimit ?? LEAST_CONTEXT)
  for (const nodes of [1, 2, 4, 8]) {
    if (nodes > input.hosts) break
    const share = nodes === 1 ? SOLO_SHARE : CLUSTER_SHARE
    if (needOf(input, nodes, context) > share * input.hostBytes) continue
    const maxModelLen = longestContext(input, nodes, share)
    return {
      nodes,
      utilization: share,
      maxModelLen,
      needBytes: needOf(input, nodes, maxModelLen ?? context),
    }
  }
  const most = Math.max(...[1, 2, 4, 8].filter((nodes) => nodes <= input.hosts))
  return {
    nodes: null,
    utilization: most === 1 ? SOLO_SHARE : CLUSTER_SHARE,
    maxModelLen: input.contextLimit,
    needBytes: needOf(input, most, context),
  }
}

function needOf(input: FitInput, nodes: number, context: number): number {
  return input.weightBytes / nodes + OVERHEAD_BYTES + cacheOn(input, nodes) * context
}

const cacheOn = (input: FitInput, nodes: number): number =>
  (input.cacheBytesPerToken ?? 0) / (input.isCacheShared ? 1 : nodes)

/** The longest context that fits: the model's own limit, else the next lower power of two. */
function longestContext(input: FitInput, nodes: number, share: number): number | null {
  const perToken = cacheOn(input, nodes)
  if (input.contextLimit === null || perToken === 0) return input.contextLimit
  const left = share * input.hostBytes - input.weightBytes / nodes - OVERHEAD_BYTES
  const tokens = Math.floor(left / perToken)
  if (tokens >= input.contextLimit) return input.contextLimit
  return 2 ** Math.floor(Math.log2(Math.max(tokens, 256)))
}
