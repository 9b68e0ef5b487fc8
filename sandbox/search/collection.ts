import { invalid, listOf, malformed, objectOf, wrongInput } from './refuse.ts'

export type PointId = number | string

export interface SparseVector {
  indices: number[]
  values: number[]
}

export interface Point {
  id: PointId
  version: number
  dense: Map<string, Float32Array>
  sparse: Map<string, SparseVector>
  payload: Record<string, unknown>
}

export interface VectorParams {
  size: number
  distance: 'Cosine' | 'Dot' | 'Euclid' | 'Manhattan'
}

/** A collection with all its points in memory. The one unnamed vector has the name ''. */
export interface Collection {
  readonly name: string
  readonly vectors: Map<string, VectorParams>
  readonly sparse: Map<string, { modifier?: 'idf' | 'none' }>
  readonly points: Map<string, Point>
  readonly indexes: Map<string, string>
  /** Counts the writes. */
  operation: number
}

const DISTANCES = ['Cosine', 'Dot', 'Euclid', 'Manhattan']
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** A collection as the body of `PUT /collections/{name}` describes it. */
export function createCollection(name: string, input: unknown): Collection {
  const body = objectOf(input ?? {}, 'struct CreateCollection')
  const given = objectOf(body.vectors ?? {}, 'vectors')
  const isSingle = 'size' in given
  const entries = isSingle ? [['', given] as const] : Object.entries(given)
  const vectors = new Map(entries.map(([key, value]) => [key, parseVectorParams(value)]))
  const sparse = Object.entries(objectOf(body.sparse_vectors ?? {}, 'sparse_vectors'))
  return {
    ...{ name, vectors, points: new Map(), indexes: new Map(), operation: 0 },
    sparse: new Map(sparse.map(([key, value]) => [key, parseSparseParams(value)])),
  }
}

/** Keys points by number and by UUID, whatever its case. */
export const keyOf = (id: PointId): string => String(id).toLowerCase()

/** An id as Qdrant takes it. */
export function parseId(id: unknown): PointId {
  if (typeof id === 'number' && Number.isInteger(id) && id >= 0) return id
  if (typeof id === 'string' && UUID.test(id)) return id.toLowerCase()
  const shown = typeof id === 'string' ? id : JSON.stringify(id)
  throw malformed(
    `value ${shown} is not a valid point ID, valid values are either an unsigned integer or a UUID`,
  )
}

/** A point of an upsert, its vectors checked against the collection. */
export function parsePoint(collection: Collection, input: unknown, version: number): Point {
  const { id, vector, payload } = objectOf(input, 'struct PointStruct')
  const named = Array.isArray(vector) ? { '': vector } : objectOf(vector ?? {}, 'vector')
  const point: Point = {
    ...{ id: parseId(id), version, dense: new Map(), sparse: new Map() },
    payload: objectOf(payload ?? {}, 'a map'),
  }
  for (const [name, value] of Object.entries(named)) {
    if (collection.sparse.has(name)) point.sparse.set(name, parseSparse(value))
    else point.dense.set(name, parseDense(collection, name, value))
  }
  return point
}

/** A dense vector of a known name and the right size; of unit length where cosines are compared. */
export function parseDense(collection: Collection, name: string, input: unknown): Float32Array {
  const params = collection.vectors.get(name)
  if (!params) throw wrongInput(`Not existing vector name error: ${name}`)
  const vector = Float32Array.from(listOf(input, 'a sequence') as number[])
  if (vector.some((value) => !Number.isFinite(value))) throw malformed('expected f32')
  if (vector.length !== params.size)
    throw wrongInput(`Vector dimension error: expected dim: ${params.size}, got ${vector.length}`)
  return params.distance === 'Cosine' ? normalize(vector) : vector
}

export function parseSparse(input: unknown): SparseVector {
  const { indices, values } = objectOf(input, 'struct SparseVector')
  const at = listOf(indices, 'indices') as number[]
  const weights = listOf(values, 'values') as number[]
  if (at.some((index) => !Number.isInteger(index) || index < 0 || index > 0xffffffff))
    throw malformed('indices: expected u32')
  if (at.length !== weights.length) throw invalid('values: must be the same length as indices')
  if (new Set(at).size !== at.length) throw invalid('indices: must be unique')
  return { indices: at, values: weights }
}

function parseVectorParams(input: unknown): VectorParams {
  const { size, distance } = objectOf(input, 'struct VectorParams')
  if (!Number.isInteger(size)) throw malformed('missing field `size`')
  if ((size as number) < 1) throw invalid('vectors.size: value 0 invalid, must be 1 or larger')
  if (!DISTANCES.includes(distance as string))
    throw malformed(`unknown variant \`${distance}\`, expected one of ${DISTANCES.join(', ')}`)
  return { size: size as number, distance: distance as VectorParams['distance'] }
}

function parseSparseParams(input: unknown): { modifier?: 'idf' | 'none' } {
  const { modifier } = objectOf(input ?? {}, 'struct SparseVectorParams')
  if (modifier === undefined || modifier === null) return {}
  if (modifier !== 'idf' && modifier !== 'none')
    throw malformed(`unknown variant \`${modifier}\`, expected \`none\` or \`idf\``)
  return { modifier }
}

function normalize(vector: Float32Array): Float32Array {
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0))
  return length === 0 ? vector : vector.map((value) => value / length)
}
