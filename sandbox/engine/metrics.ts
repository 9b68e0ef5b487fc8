/** The counters of one engine, shown as vLLM's `/metrics`. */
export interface EngineMetrics {
  running: number
  waiting: number
  /** Tokens of running requests, held in the cache. */
  cachedTokens: number
  promptTokens: number
  generatedTokens: number
  finished: Record<'stop' | 'length' | 'abort' | 'error', number>
  histograms: ReadonlyMap<HistogramName, Histogram>
  observe(name: HistogramName, seconds: number): void
}

const HISTOGRAMS = {
  time_to_first_token_seconds: 'Histogram of time to first token in seconds.',
  inter_token_latency_seconds: 'Histogram of inter-token latency in seconds.',
  e2e_request_latency_seconds: 'Histogram of e2e request latency in seconds.',
  request_queue_time_seconds: 'Histogram of time spent in WAITING phase for request.',
  request_prefill_time_seconds: 'Histogram of time spent in PREFILL phase for request.',
  request_decode_time_seconds: 'Histogram of time spent in DECODE phase for request.',
}
type HistogramName = keyof typeof HISTOGRAMS
const BUCKETS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]

interface Histogram {
  counts: number[]
  sum: number
  count: number
}

/** Counters at zero. */
export function createMetrics(): EngineMetrics {
  const histograms = new Map<HistogramName, Histogram>()
  for (const name of Object.keys(HISTOGRAMS) as HistogramName[]) {
    histograms.set(name, { counts: BUCKETS.map(() => 0), sum: 0, count: 0 })
  }
  return {
    running: 0,
    waiting: 0,
    cachedTokens: 0,
    promptTokens: 0,
    generatedTokens: 0,
    finished: { stop: 0, length: 0, abort: 0, error: 0 },
    histograms,
    observe(name, seconds) {
      const histogram = histograms.get(name)
      if (!histogram) return
      histogram.sum += seconds
      histogram.count += 1
      BUCKETS.forEach((bound, index) => {
        if (seconds <= bound) histogram.counts[index] = (histogram.counts[index] ?? 0) + 1
      })
    },
  }
}

/** The page in Prometheus' text format. `phantom` requests are shown as running (a busy GPU). */
export function printMetrics(
  metrics: EngineMetrics,
  model: string,
  cacheTokens: number,
  phantom: number,
): string {
  const labels = `engine="0",model_name="${model}"`
  const lines: string[] = []
  const family = (type: string, name: string, help: string, rows: [string, number][]) => {
    lines.push(`# HELP vllm:${name} ${help}`, `# TYPE vllm:${name} ${type}`)
    for (const [more, value] of rows) lines.push(`vllm:${name}{${labels}${more}} ${toFloat(value)}`)
  }
  const usage = Math.min(1, metrics.cachedTokens / Math.max(1, cacheTokens) + phantom * 0.04)
  family('gauge', 'num_requests_running', 'Number of requests in model execution batches.', [
    ['', metrics.running + phantom],
  ])
  family('gauge', 'num_requests_waiting', 'Number of requests waiting to be processed.', [
    ['', metrics.waiting],
  ])
  family('gauge', 'num_requests_waiting_by_reason', 'Number of requests waiting by reason.', [
    [',reason="capacity"', metrics.waiting],
    [',reason="deferred"', 0],
  ])
  family('gauge', 'kv_cache_usage_perc', 'KV-cache usage. 1 means 100 percent usage.', [
    ['', usage],
  ])
  family('counter', 'prompt_tokens_total', 'Number of prefill tokens processed.', [
    ['', metrics.promptTokens],
  ])
  family('counter', 'generation_tokens_total', 'Number of generation tokens processed.', [
    ['', metrics.generatedTokens],
  ])
  family('counter', 'prefix_cache_queries_total', 'Prefix cache queries, in tokens.', [
    ['', metrics.promptTokens],
  ])
  family('counter', 'prefix_cache_hits_total', 'Prefix cache hits, in tokens.', [['', 0]])
  family('counter', 'num_preemptions_total', 'Cumulative number of preemption.', [['', 0]])
  family(
    'counter',
    'request_success_total',
    'Count of successfully processed requests.',
    Object.entries(metrics.finished).map(([why, count]) => [`,finished_reason="${why}"`, count]),
  )
  for (const [name, histogram] of metrics.histograms) {
    lines.push(`# HELP vllm:${name} ${HISTOGRAMS[name]}`, `# TYPE vllm:${name} histogram`)
    BUCKETS.forEach((bound, index) => {
      lines.push(
        `vllm:${name}_bucket{${labels},le="${toFloat(bound)}"} ${toFloat(histogram.counts[index] ?? 0)}`,
      )
    })
    lines.push(`vllm:${name}_bucket{${labels},le="+Inf"} ${toFloat(histogram.count)}`)
    lines.push(`vllm:${name}_count{${labels}} ${toFloat(histogram.count)}`)
    lines.push(`vllm:${name}_sum{${labels}} ${toFloat(histogram.sum)}`)
  }
  family('gauge', 'cache_config_info', 'Information of the LLMEngine CacheConfig', [
    [`,block_size="16",num_gpu_blocks="${Math.floor(cacheTokens / 16)}"`, 1],
  ])
  return `${lines.join('\n')}\n`
}

/** As Python prints floats: 3 is 3.0. */
function toFloat(value: number): string {
  return Number.isInteger(value) ? `${value}.0` : `${value}`
}
