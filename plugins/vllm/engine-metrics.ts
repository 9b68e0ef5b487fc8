import type { Upstream } from '#core'

/** What the engine counts; absent figures are unknown, never 0. */
export interface EngineMetrics {
  running?: number
  waiting?: number
  /** 0–100. */
  cachePercent?: number
}

const NAMES = {
  'vllm:num_requests_running': 'running',
  'vllm:num_requests_waiting': 'waiting',
  'vllm:kv_cache_usage_perc': 'cache',
  'vllm:gpu_cache_usage_perc': 'cache',
} as const

/** Reads the gauges that matter from /metrics; engines of one server are summed. */
export function parseMetrics(text: string): EngineMetrics {
  const sums: { running?: number; waiting?: number; cache?: number } = {}
  let caches = 0
  for (const line of text.split('\n')) {
    const match = /^(vllm:\w+)(?:\{[^}]*\})? (\S+)$/.exec(line)
    const key = NAMES[match?.[1] as keyof typeof NAMES]
    const value = Number(match?.[2])
    if (!key || !Number.isFinite(value)) continue
    sums[key] = (sums[key] ?? 0) + value
    if (key === 'cache') caches++
  }
  return {
    ...(sums.running !== undefined && { running: sums.running }),
    ...(sums.waiting !== undefined && { waiting: sums.waiting }),
    ...(sums.cache !== undefined && {
      cachePercent: Math.round((sums.cache / caches) * 1000) / 10,
    }),
  }
}

/** Asks /metrics; empty when it does not answer, since figures are never worth an error. */
export async function readMetrics(upstream: Upstream, signal: AbortSignal): Promise<EngineMetrics> {
  try {
    const reply = await upstream.request('/metrics', { signal, timeoutMs: 2_000 })
    return reply.status === 200 ? parseMetrics(reply.body.toString('utf8')) : {}
  } catch {
    // a busy or older engine without metrics is shown without figures
    return {}
  }
}
