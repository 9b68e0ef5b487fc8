import {
  type Collection,
  keyOf,
  type Point,
  parseDense,
  parseSparse,
  type SparseVector,
} from './collection.ts'
import { fuseByDistribution, fuseByRank, type Ranked } from './fusion.ts'
import { compileFilter, type Test } from './match-filter.ts'
import { countOf, invalid, listOf, malformed, objectOf, wrongInput } from './refuse.ts'

type Body = Record<string, unknown>

/** `POST /collections/{c}/points/query`: points with their scores, best first. */
export function queryPoints(collection: Collection, input: unknown): { points: object[] } {
  const body = objectOf(input, 'struct QueryRequest')
  const offset = countOf(body.offset, 'offset', 0, 0)
  const limit = countOf(body.limit, 'limit', 1, 10)
  const ranked = runQuery(collection, body, limit + offset)
  return { points: ranked.slice(offset).map((each) => describe(collection, each, body)) }
}

function runQuery(collection: Collection, body: Body, limit: number): Ranked[] {
  const filter = compileFilter(body.filter)
  const prefetches = [body.prefetch ?? []].flat().map((each) => objectOf(each, 'struct Prefetch'))
  const lists = prefetches.map((each) =>
    runQuery(collection, each, countOf(each.limit, 'prefetch.limit', 1, 10)),
  )
  const fused = fuse(body.query, lists)
  const ranked = fused
    ? fused.filter(({ id }) => filter(pointOf(collection, id)))
    : nearest(collection, body, filter, lists)
  const threshold = body.score_threshold
  const kept =
    typeof threshold === 'number' ? ranked.filter(({ score }) => score >= threshold) : ranked
  return kept.slice(0, limit)
}

function fuse(query: unknown, lists: Ranked[][]): Ranked[] | undefined {
  if (typeof query !== 'object' || query === null || Array.isArray(query)) return undefined
  const { fusion, rrf } = query as Body
  if (fusion === undefined && rrf === undefined) return undefined
  if (lists.length === 0) throw wrongInput('Fusion is not supported without prefetch')
  if (fusion === 'dbsf') return fuseByDistribution(lists)
  if (fusion === 'rrf') return fuseByRank(lists)
  if (fusion !== undefined)
    throw malformed(`unknown variant \`${fusion}\`, expected \`rrf\` or \`dbsf\``)
  const { k, weights } = objectOf(rrf, 'struct Rrf')
  const given = weights === undefined ? undefined : (listOf(weights, 'weights') as number[])
  if (given && given.length !== lists.length)
    throw invalid(
      `Number of weights in RRF should match number of pre-fetches: got ${given.length}, expected ${lists.length}`,
    )
  return fuseByRank(lists, countOf(k, 'k', 1, 2), given)
}

/** Every point that passes, or those of the prefetches, by their likeness to the query. */
function nearest(collection: Collection, body: Body, filter: Test, lists: Ranked[][]): Ranked[] {
  const scoreOf = compileScore(collection, body)
  const only = lists.length > 0 ? new Set(lists.flat().map(({ id }) => id)) : undefined
  const ranked: Ranked[] = []
  for (const [id, point] of collection.points) {
    if (only && !only.has(id)) continue
    const score = scoreOf(point)
    if (score !== undefined && filter(point)) ranked.push({ id, score: Math.fround(score) })
  }
  const isLess = ['Euclid', 'Manhattan'].includes(
    collection.vectors.get(nameOf(body))?.distance ?? '',
  )
  return ranked.sort((a, b) => (isLess ? a.score - b.score : b.score - a.score))
}

const nameOf = (body: Body): string => (typeof body.using === 'string' ? body.using : '')

/** The score of a point, undefined for one that is not found by the query at all. */
function compileScore(collection: Collection, body: Body): (point: Point) => number | undefined {
  const using = nameOf(body)
  const { query } = body
  if (query === undefined || query === null) return () => 0
  const params = collection.sparse.get(using)
  if (params) {
    const weights = weigh(collection, using, parseSparse(unwrap(query)), params.modifier === 'idf')
    return ({ sparse }) => overlap(weights, sparse.get(using))
  }
  const wanted = parseDense(collection, using, unwrap(query))
  const distance = collection.vectors.get(using)?.distance
  return ({ dense }) => {
    const vector = dense.get(using)
    if (!vector) return undefined
    if (distance === 'Euclid')
      return Math.hypot(...vector.map((value, n) => value - (wanted[n] ?? 0)))
    if (distance === 'Manhattan')
      return vector.reduce((sum, value, n) => sum + Math.abs(value - (wanted[n] ?? 0)), 0)
    let sum = 0
    for (let n = 0; n < vector.length; n++) sum += (vector[n] ?? 0) * (wanted[n] ?? 0)
    return sum
  }
}

/** `{nearest: V}` is another way to write V. */
const unwrap = (query: unknown): unknown =>
  typeof query === 'object' && query !== null && 'nearest' in query ? query.nearest : query

/** The query's weights by term; with `idf` as Qdrant weighs rare terms more. */
function weigh(collection: Collection, name: string, query: SparseVector, isIdf: boolean) {
  const weights = new Map(query.indices.map((index, n) => [index, query.values[n] ?? 0]))
  if (!isIdf) return weights
  const total = collection.points.size
  for (const [index, weight] of weights) {
    let having = 0
    for (const { sparse } of collection.points.values())
      if (sparse.get(name)?.indices.includes(index)) having++
    weights.set(index, weight * Math.log((total - having + 0.5) / (having + 0.5) + 1))
  }
  return weights
}

function overlap(
  weights: Map<number, number>,
  vector: SparseVector | undefined,
): number | undefined {
  let sum: number | undefined
  for (const [n, index] of (vector?.indices ?? []).entries()) {
    const weight = weights.get(index)
    if (weight !== undefined) sum = (sum ?? 0) + weight * (vector?.values[n] ?? 0)
  }
  return sum
}

function pointOf(collection: Collection, id: string): Point {
  const point = collection.points.get(keyOf(id))
  if (!point) throw new Error(`no point ${id}`)
  return point
}

function describe(collection: Collection, { id, score }: Ranked, body: Body): object {
  const point = pointOf(collection, id)
  return { id: point.id, version: point.version, score, ...showParts(point, body) }
}

/** Payload and vectors, as far as `with_payload` and `with_vector` ask for them: by default not. */
export function showParts(point: Point, body: Body): object {
  const { with_payload: wanted, with_vector: wantsVector } = body
  const keys = Array.isArray(wanted) ? wanted.map(String) : undefined
  const payload = keys
    ? Object.fromEntries(Object.entries(point.payload).filter(([key]) => keys.includes(key)))
    : point.payload
  return {
    ...(wanted === true || keys ? { payload } : {}),
    ...(wantsVector === true && { vector: vectorsOf(point) }),
  }
}

function vectorsOf({ dense, sparse }: Point): unknown {
  const single = dense.get('')
  if (single && dense.size + sparse.size === 1) return [...single]
  return {
    ...Object.fromEntries([...dense].map(([name, v]) => [name, [...v]])),
    ...Object.fromEntries(sparse),
  }
}
