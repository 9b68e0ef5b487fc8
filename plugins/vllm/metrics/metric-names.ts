/** A family of vLLM's that is read and passed on; everything else in its /metrics is left alone. */
export interface KnownFamily {
  name: string
  type: 'counter' | 'gauge' | 'histogram'
  help: string
  /** What older releases call it; read where the present name is missing. */
  formerly?: string
  /** Labels beside `engine` and `model_name`. */
  labels?: readonly string[]
  /** How series are joined that differ in a label not kept; default: added up. */
  join?: 'max'
}

const gauge = (name: string, help: string, more: Partial<KnownFamily> = {}): KnownFamily => ({
  ...{ name: `vllm:${name}`, type: 'gauge', help },
  ...more,
})
const counter = (name: string, help: string, labels?: readonly string[]): KnownFamily => ({
  ...{ name: `vllm:${name}`, type: 'counter', help },
  ...(labels && { labels }),
})
const histogram = (name: string, help: string, formerly?: string): KnownFamily => ({
  ...{ name: `vllm:${name}`, type: 'histogram', help },
  ...(formerly && { formerly: `vllm:${formerly}` }),
})

/**
 * Names as vLLM 0.29 has them (v1/metrics/loggers.py). Deprecated ones are hidden a release later, so
 * both may be there at once: then the present one counts alone.
 */
export const FAMILIES: readonly KnownFamily[] = [
  gauge('num_requests_running', 'requests being answered'),
  gauge('num_requests_waiting', 'requests waiting to be answered'),
  gauge('num_requests_waiting_by_reason', 'waiting requests by reason', { labels: ['reason'] }),
  gauge('kv_cache_usage_perc', 'KV cache in use, 0 to 1', {
    formerly: 'vllm:gpu_cache_usage_perc',
    join: 'max',
  }),
  counter('prompt_tokens_total', 'tokens of prompts, cached ones included'),
  counter('prompt_tokens_cached_total', 'tokens of prompts that were in the cache'),
  counter('generation_tokens_total', 'tokens written'),
  counter('request_success_total', 'requests that ended, by reason', ['finished_reason']),
  counter('num_preemptions_total', 'requests put back for want of cache'),
  counter('prefix_cache_queries_total', 'tokens looked up in the prefix cache'),
  counter('prefix_cache_hits_total', 'tokens found in the prefix cache'),
  counter('spec_decode_num_draft_tokens_total', 'tokens drafted'),
  counter('spec_decode_num_accepted_tokens_total', 'drafted tokens that were accepted'),
  histogram('time_to_first_token_seconds', 'from a request to its first token'),
  histogram(
    'inter_token_latency_seconds',
    'from one token to the next',
    'time_per_output_token_seconds',
  ),
  histogram('e2e_request_latency_seconds', 'from a request to the end of its answer'),
  histogram('request_queue_time_seconds', 'time spent waiting'),
  histogram('request_prefill_time_seconds', 'time spent reading the prompt'),
  histogram('request_decode_time_seconds', 'time spent writing'),
]
