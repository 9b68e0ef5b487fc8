import { Nullable, type Static, Type } from '#core'
import { gigabytes } from '../words.ts'
import type { PlaceFit } from './fit-launch.ts'
import type { FitWanted } from './fit-wanted.ts'
import type { JudgedLaunch } from './judge-launch.ts'

const words = <const T extends readonly string[]>(...all: T) =>
  Type.Union(all.map((word) => Type.Literal(word as T[number])))

/** The sum for one GPU: need = weights + cache + overhead; room = free + kept files + freed. */
export const FitPlace = Type.Object({
  host: Type.String(),
  /** Number of the card; null where the GPU shares the machine's memory. */
  gpu: Nullable(Type.Number()),
  memory: words('unified', 'discrete'),
  /** Where the figures are from: /proc/meminfo, or nvidia-smi. */
  source: Type.String(),
  total_bytes: Type.Number(),
  /** What CUDA sees as free now. */
  free_bytes: Type.Number(),
  /** Files the system keeps for speed; they count as used at the start of an engine. */
  reclaimable_bytes: Type.Number(),
  /** What the present model gives back; null if that was never measured. */
  freed_bytes: Nullable(Type.Number()),
  room_bytes: Type.Number(),
  need_bytes: Type.Number(),
  /** gpu_memory_utilization × total: what the engine takes, the rest of it for more cache. */
  asks_bytes: Type.Number(),
  terms: Type.Array(
    Type.Object({
      name: words('weights', 'cache', 'overhead'),
      bytes: Type.Number(),
      because: Type.String(),
    }),
  ),
  /** Who else has GPU memory there, by service, container or process. */
  others: Type.Array(Type.Object({ name: Type.String(), bytes: Type.Number() })),
})
export type FitPlace = Static<typeof FitPlace>

/** GET /api/models/:key/fit. */
export const FitView = Type.Object({
  key: Type.String(),
  repo: Type.String(),
  service: Type.String(),
  verdict: words('fits', 'tight', 'does_not_fit'),
  /** Why, the worst first, as the plan of a swap says it. */
  reasons: Type.Array(Type.String()),
  /** What would make it fit, or surer to. */
  ways: Type.Array(Type.String()),
  settings: Type.Object({
    source: words('shipped', 'override', 'suggested'),
    nodes: Type.Integer(),
    tensor_parallel: Type.Integer(),
    max_model_len: Nullable(Type.Number()),
    gpu_memory_utilization: Type.Number(),
    kv_cache_dtype: Type.String(),
  }),
  /** Longest context that fits with these settings; 0 if none, null if unknown. */
  largest_max_model_len: Nullable(Type.Number()),
  /** Least share that holds the wanted context; null if none works as things are. */
  smallest_gpu_memory_utilization: Nullable(Type.Number()),
  /** Sequences of the full length at once; null if unknown. */
  concurrency: Nullable(Type.Number()),
  /** What to stop so that it fits. */
  stop: Type.Array(Type.Object({ host: Type.String(), names: Type.Array(Type.String()) })),
  places: Type.Array(FitPlace),
})
export type FitView = Static<typeof FitView>

export interface FitSubject {
  key: string
  repo: string
  service: string
  source: FitView['settings']['source']
  nodes: number
  /** The weights were counted from config.json, since not all of them are on the disk. */
  isEstimated: boolean
  wanted: FitWanted
}

/** A judged launch as the wire shows it. */
export function viewFit(fit: JudgedLaunch, subject: FitSubject): FitView {
  const { key, repo, service, source, nodes, wanted } = subject
  return {
    ...{ key, repo, service, verdict: fit.verdict, reasons: fit.lines, ways: fit.ways },
    settings: {
      ...{ source, nodes, tensor_parallel: wanted.parts, max_model_len: wanted.context },
      gpu_memory_utilization: wanted.utilization,
      kv_cache_dtype: wanted.cache.elementBytes === 1 ? 'fp8' : 'bf16',
    },
    largest_max_model_len: fit.largestContext,
    smallest_gpu_memory_utilization: fit.smallestUtilization,
    concurrency: fit.concurrency === null ? null : Math.round(fit.concurrency * 100) / 100,
    stop: fit.stop,
    places: fit.places.map((place) => viewPlace(place, subject)),
  }
}

function viewPlace(place: PlaceFit, subject: FitSubject): FitPlace {
  return {
    ...{ host: place.host, gpu: place.gpu },
    memory: place.gpu === null ? 'unified' : 'discrete',
    source: place.gpu === null ? '/proc/meminfo' : 'nvidia-smi',
    total_bytes: place.totalBytes,
    free_bytes: place.freeBytes,
    reclaimable_bytes: place.reclaimableBytes,
    freed_bytes: place.freedBytes,
    room_bytes: place.roomBytes,
    need_bytes: place.needBytes,
    asks_bytes: place.asksBytes,
    terms: termsOf(place, subject),
    others: place.others,
  }
}

function termsOf(place: PlaceFit, { wanted, isEstimated }: FitSubject): FitPlace['terms'] {
  const whole = isEstimated
    ? `${gigabytes(wanted.weightBytes)} by its config.json`
    : `${gigabytes(wanted.weightBytes)} on the disk`
  return [
    {
      name: 'weights',
      bytes: place.weightBytes,
      because: wanted.parts > 1 ? `${whole}, in ${wanted.parts} parts` : whole,
    },
    { name: 'cache', bytes: place.cacheBytes, because: whyCache(wanted) },
    {
      name: 'overhead',
      bytes: place.overheadBytes,
      because: 'what the engine takes besides, an estimate',
    },
  ]
}

function whyCache({ layout, context, cache }: FitWanted): string {
  if (!layout || context === null) return 'not known: config.json does not give the sizes'
  const precision = cache.elementBytes === 1 ? 'fp8' : 'bf16'
  const bound = layout.estimate === undefined ? '' : ', an upper bound'
  return `one conversation of ${context.toLocaleString('en')} tokens in ${precision}${bound}`
}
