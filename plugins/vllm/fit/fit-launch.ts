import { cacheBytes, hybridCapacity, longestSequence } from '../config/hybrid-blocks.ts'
import { unevenHeads } from '../config/split.ts'
import { overheadFor } from './fit.ts'
import type { Place } from './fit-places.ts'
import type { FitWanted } from './fit-wanted.ts'

/** An estimate this close to the edge is none to rely on: overhead was measured at 6–10 GiB. */
const DOUBT = 0.25
/** Above it a machine whose memory the GPU shares was seen to freeze. */
const SHARED_LIMIT = 0.88
const MAX_UTILIZATION = 0.95

/** The sum for one GPU. */
export interface PlaceFit extends Place {
  weightBytes: number
  /** Cache of one sequence of the wanted length. */
  cacheBytes: number
  overheadBytes: number
  needBytes: number
  /** What gpu_memory_utilization lets the engine take, all of which it takes. */
  asksBytes: number
  /** What will be free once the present model has stopped, kept files included. */
  roomBytes: number
}

/** What is wrong at one place, worst there. */
type PlaceTrouble =
  /** More than is there, even with the least share. */
  | 'too_large'
  /** Its share of memory does not hold a sequence of that length. */
  | 'share_too_small'
  /** The share asks for more than will be free. */
  | 'share_too_large'
  /** The share is free only once the system gives up files it keeps. */
  | 'files_in_the_way'
  /** It fits with less to spare than the estimate is good for. */
  | 'close'

export type Trouble =
  | { kind: PlaceTrouble; place: PlaceFit }
  /** Heads cannot be shared evenly. */
  | { kind: 'uneven'; heads: string }
  /** The share is one at which machines were seen to freeze. */
  | { kind: 'freezes' }
  /** What is there, or what stopping gives back, was never measured on these. */
  | { kind: 'unmeasured'; hosts: string[] }
  | { kind: 'cache_unknown' }

export interface LaunchFit {
  verdict: 'fits' | 'tight' | 'does_not_fit'
  /** The worst first. */
  troubles: Trouble[]
  context: number | null
  utilization: number
  /** Longest context that fits with that share; null if unknown. */
  largestContext: number | null
  /** Least share that holds the wanted context; null if none does as things are. */
  smallestUtilization: number | null
  /** Sequences of the full length at once; null if unknown. */
  concurrency: number | null
  /** What to stop so that it fits, by name; empty if nothing needs to, or nothing helps. */
  stop: { host: string; names: string[] }[]
  places: PlaceFit[]
}

const FATAL: readonly Trouble['kind'][] = [
  'uneven',
  'too_large',
  'share_too_small',
  'share_too_large',
]

/** Whether a model fits as it would be launched. Arithmetic; what is unknown stays unknown. */
export function judgeFit(wanted: FitWanted, found: readonly Place[], hosts: string[]): LaunchFit {
  const places = found.map((place) => sumUp(wanted, place))
  const troubles = findTroubles(wanted, places, hosts)
  const largestContext = largestOn(wanted, places)
  const isFatal = troubles.some(({ kind }) => FATAL.includes(kind))
  return {
    verdict: isFatal ? 'does_not_fit' : troubles.length > 0 ? 'tight' : 'fits',
    troubles,
    context: wanted.context,
    utilization: wanted.utilization,
    largestContext,
    smallestUtilization: smallestShare(places),
    concurrency: concurrencyOn(wanted, places),
    stop: places.flatMap(whatToStop),
    places,
  }
}

function sumUp(wanted: FitWanted, place: Place): PlaceFit {
  const weightBytes = wanted.weightBytes / wanted.parts
  const overheadBytes = overheadFor(place.gpu !== null)
  const cache = cacheFor(wanted, wanted.context ?? 0)
  return {
    ...place,
    ...{ weightBytes, overheadBytes, cacheBytes: cache },
    needBytes: weightBytes + overheadBytes + cache,
    asksBytes: wanted.utilization * place.totalBytes,
    roomBytes: place.freeBytes + place.reclaimableBytes + (place.freedBytes ?? 0),
  }
}

const cacheFor = ({ layout, cache }: FitWanted, tokens: number): number =>
  layout ? cacheBytes(layout, tokens, cache) : 0

function findTroubles(wanted: FitWanted, places: PlaceFit[], hosts: string[]): Trouble[] {
  const known = places.filter(({ freedBytes }) => freedBytes !== null)
  const at = (kind: PlaceTrouble, among: PlaceFit[], excess: (place: PlaceFit) => number) => {
    const [place] = among.filter((each) => excess(each) > 0).toSorted(by(excess))
    return place ? [{ kind, place }] : []
  }
  const tooLarge = at('too_large', known, (place) => place.needBytes - place.roomBytes)
  const shareTooLarge = at('share_too_large', known, (place) => place.asksBytes - place.roomBytes)
  const shareTooSmall = at('share_too_small', places, (place) => place.needBytes - place.asksBytes)
  const inTheWay = at(
    'files_in_the_way',
    known,
    (place) => place.asksBytes - place.roomBytes + place.reclaimableBytes,
  )
  const close = at(
    'close',
    places,
    (place) => DOUBT * place.overheadBytes - (place.asksBytes - place.needBytes),
  )
  const first = (...lists: Trouble[][]) => lists.find((list) => list.length > 0) ?? []
  const unmeasured = hosts.filter((host) => !known.some((place) => place.host === host))
  const isShared = places.some(({ gpu }) => gpu === null)
  const heads = unevenHeads(wanted, wanted.parts)
  return [
    ...(heads === undefined ? [] : [{ kind: 'uneven' as const, heads }]),
    ...first(tooLarge, shareTooSmall, close),
    ...(tooLarge.length > 0 ? [] : first(shareTooLarge, inTheWay)),
    ...(isShared && wanted.utilization > SHARED_LIMIT ? [{ kind: 'freezes' as const }] : []),
    ...(unmeasured.length > 0 ? [{ kind: 'unmeasured' as const, hosts: unmeasured }] : []),
    ...(wanted.layout && wanted.context !== null ? [] : [{ kind: 'cache_unknown' as const }]),
  ]
}

const by =
  (excess: (place: PlaceFit) => number) =>
  (a: PlaceFit, b: PlaceFit): number =>
    excess(b) - excess(a)

/** What is left for the cache: within the share, and within what there is. */
const cacheRoom = (place: PlaceFit): number =>
  Math.min(
    place.asksBytes,
    place.freedBytes === null ? Number.POSITIVE_INFINITY : place.roomBytes,
  ) -
  place.weightBytes -
  place.overheadBytes

function largestOn(wanted: FitWanted, places: PlaceFit[]): number | null {
  const { layout } = wanted
  // settings may stretch a model beyond what it was made for
  const limit = Math.max(wanted.contextLimit ?? 0, wanted.context ?? 0)
  if (!layout || limit === 0 || places.length === 0) return null
  const longest = places.map((place) =>
    longestSequence(layout, cacheRoom(place), limit, wanted.cache),
  )
  return Math.min(...longest)
}

function concurrencyOn(wanted: FitWanted, places: PlaceFit[]): number | null {
  const { layout, context, cache } = wanted
  if (!layout || context === null || places.length === 0) return null
  const room = Math.max(0, Math.min(...places.map(cacheRoom)))
  const hybrid = hybridCapacity(layout, room, context, cache)
  const each = cacheBytes(layout, context, cache)
  return hybrid?.concurrency ?? (each > 0 ? room / each : null)
}

/** In whole hundredths, as people write it; it has to hold the context and still be there. */
function smallestShare(places: PlaceFit[]): number | null {
  if (places.length === 0 || places.some(({ freedBytes }) => freedBytes === null)) return null
  const least = Math.max(...places.map(({ needBytes, totalBytes }) => needBytes / totalBytes))
  const most = Math.min(...places.map(({ roomBytes, totalBytes }) => roomBytes / totalBytes))
  const share = Math.max(5, Math.ceil(least * 100)) / 100
  return share <= Math.min(most, MAX_UTILIZATION) ? share : null
}

/** The fewest, and of those the smallest, that have to go so that the wanted share is free. */
function whatToStop(place: PlaceFit): LaunchFit['stop'] {
  if (place.freedBytes === null || place.needBytes > place.asksBytes) return []
  const missing = place.asksBytes - place.roomBytes
  if (missing <= 0) return []
  const enough = place.others.filter(({ bytes }) => bytes >= missing).at(-1)
  if (enough) return [{ host: place.host, names: [enough.name] }]
  const names: string[] = []
  let freed = 0
  for (const { name, bytes } of place.others) {
    names.push(name)
    freed += bytes
    if (freed >= missing) return [{ host: place.host, names }]
  }
  return []
}
