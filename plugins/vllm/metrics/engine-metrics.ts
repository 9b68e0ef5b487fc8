import type { MetricFamily, MetricSample, Upstream } from '#core'
import { type Line, readLines } from './metric-lines.ts'
import { FAMILIES, type KnownFamily } from './metric-names.ts'

/** What the engine counts; absent figures are unknown, never 0. */
export interface EngineMetrics {
  running?: number
  waiting?: number
  /** 0–100. */
  cachePercent?: number
}

/** Largest page that is read; one engine's has about 60 KiB. */
const MAX_BYTES = 2 * 1024 * 1024
const SUFFIXES = ['_bucket', '_sum', '_count'] as const

const namesOf = ({ name, type, formerly }: KnownFamily): string[] =>
  [name, ...(formerly === undefined ? [] : [formerly])].flatMap((each) =>
    type === 'histogram' ? SUFFIXES.map((suffix) => each + suffix) : [each],
  )
const WANTED: ReadonlySet<string> = new Set(FAMILIES.flatMap(namesOf))

/** The families of a page of vLLM's that are known, under their present names. */
export function readFamilies(text: string): MetricFamily[] {
  const lines = readLines(text, (name) => WANTED.has(name))
  return FAMILIES.flatMap((known) => {
    const { name, type, help, formerly } = known
    const present = collect(lines, known, name)
    const samples = present.length > 0 || !formerly ? present : collect(lines, known, formerly)
    return samples.length === 0 ? [] : [{ name, type, help, samples }]
  })
}

function collect(lines: readonly Line[], known: KnownFamily, name: string): MetricSample[] {
  if (known.type !== 'histogram') return join(lines, known, name)
  const parts = SUFFIXES.flatMap((suffix) =>
    join(lines, known, name + suffix).map((sample) => ({ ...sample, suffix })),
  )
  const isWhole = wholeIn(parts)
  return parts.filter((sample) => isWhole(sample))
}

/** Whether a sample belongs to a histogram that has its sum, its count and its last bucket. */
function wholeIn(parts: readonly MetricSample[]): (sample: MetricSample) => boolean {
  const owner = ({ labels: { le: _, ...labels } }: MetricSample) => JSON.stringify(labels)
  const having = (suffix: string) =>
    new Set(parts.filter((part) => part.suffix === suffix).map(owner))
  const last = new Set(parts.filter(({ labels }) => labels.le === '+Inf').map(owner))
  const [sums, counts] = [having('_sum'), having('_count')]
  return (sample) => {
    const key = owner(sample)
    const isBound = sample.suffix !== '_bucket' || BOUND.test(sample.labels.le ?? '')
    return isBound && sums.has(key) && counts.has(key) && last.has(key)
  }
}

const BOUND = /^(\+Inf|\d+(\.\d+)?(e[+-]?\d+)?)$/

/** Samples with the labels that are kept; those that are then the same become one. */
function join(lines: readonly Line[], known: KnownFamily, name: string): MetricSample[] {
  const keep = ['engine', 'model_name', 'le', ...(known.labels ?? [])]
  const joined = new Map<string, { labels: Record<string, string>; value: number }>()
  for (const line of lines) {
    if (line.name !== name) continue
    const kept = keep.flatMap((label) => {
      const value = line.labels.get(label)
      return value === undefined ? [] : [[label, value] as const]
    })
    const key = JSON.stringify(kept)
    const before = joined.get(key)
    if (!before) joined.set(key, { labels: Object.fromEntries(kept), value: line.value })
    else if (known.join === 'max') before.value = Math.max(before.value, line.value)
    else before.value += line.value
  }
  return [...joined.values()]
}

/** Gauges of all engines of a server: requests summed, the cache in the mean. */
export function gaugesOf(families: readonly MetricFamily[]): EngineMetrics {
  const running = sumOf(families, 'vllm:num_requests_running')
  const waiting = sumOf(families, 'vllm:num_requests_waiting')
  const cache = sumOf(families, 'vllm:kv_cache_usage_perc')
  const engines = families.find(({ name }) => name === 'vllm:kv_cache_usage_perc')?.samples.length
  return {
    ...(running !== undefined && { running }),
    ...(waiting !== undefined && { waiting }),
    ...(cache !== undefined &&
      engines && { cachePercent: Math.round((cache / engines) * 1000) / 10 }),
  }
}

/** The sum over engines and labels, of a histogram's parts by `suffix`; undefined if it is absent. */
export function sumOf(
  families: readonly MetricFamily[],
  name: string,
  suffix?: MetricSample['suffix'],
): number | undefined {
  const family = families.find((each) => each.name === name)
  return family?.samples
    .filter((sample) => sample.suffix === suffix)
    .reduce((sum, { value }) => sum + value, 0)
}

/** Reads the gauges that matter from /metrics; engines of one server are summed. */
export const parseMetrics = (text: string): EngineMetrics => gaugesOf(readFamilies(text))

/** Asks /metrics; empty when it does not answer, since figures are never worth an error. */
export async function readPage(upstream: Upstream, signal: AbortSignal): Promise<MetricFamily[]> {
  try {
    const reply = await upstream.request('/metrics', {
      ...{ signal, timeoutMs: 2_000, maxBytes: MAX_BYTES },
    })
    return reply.status === 200 ? readFamilies(reply.body.toString('utf8')) : []
  } catch {
    // a busy or older engine without metrics is shown without figures
    return []
  }
}

/** The gauges alone. */
export const readMetrics = async (
  upstream: Upstream,
  signal: AbortSignal,
): Promise<EngineMetrics> => gaugesOf(await readPage(upstream, signal))
