import { type Collection, createCollection, keyOf, parseId, parsePoint } from './collection.ts'
import { compileFilter } from './match-filter.ts'
import { queryPoints, showParts } from './query.ts'
import {
  collectionExists,
  countOf,
  invalid,
  listOf,
  malformed,
  noCollection,
  objectOf,
  QdrantError,
} from './refuse.ts'

/** All that a Qdrant keeps. */
export type Collections = Map<string, Collection>

export interface Asked {
  method: string
  /** Decoded segments of the path, after Qdrant's own trimming. */
  segments: string[]
  query: URLSearchParams
  body: unknown
}

/** What no new collection may have in its name; `.` and `..` it may be called. */
const NO_NAME = ['<', '>', ':', '"', '/', '\\', '|', '?', '*', '\0', '\u001f']

const FIELD_TYPES = ['keyword', 'integer', 'float', 'bool', 'geo', 'datetime', 'text', 'uuid']

/** Answers a request under /collections: the `result` of the envelope. Throws QdrantError. */
export function answerCollections(collections: Collections, asked: Asked): unknown {
  const { method, segments } = asked
  const [, name, part, ...rest] = segments
  if (name === undefined) {
    if (method !== 'GET') throw new QdrantError(405, '')
    return { collections: [...collections.keys()].map((each) => ({ name: each })) }
  }
  if (part === undefined) return answerOne(collections, name, asked)
  if (part === 'exists' && method === 'GET') return { exists: collections.has(name) }
  const collection = collections.get(name)
  if (!collection) throw noCollection(name)
  if (part === 'index') return answerIndex(collection, asked, rest)
  if (part === 'points') return answerPoints(collection, asked, rest.join('/'))
  throw new QdrantError(404, '')
}

function answerOne(collections: Collections, name: string, { method, body }: Asked): unknown {
  const collection = collections.get(name)
  switch (method) {
    case 'GET':
      if (!collection) throw noCollection(name)
      return infoOf(collection)
    case 'PUT':
      checkName(name)
      if (collection) throw collectionExists(name)
      collections.set(name, createCollection(name, body))
      return true
    case 'DELETE':
      return collections.delete(name)
    default:
      throw new QdrantError(405, '')
  }
}

function checkName(name: string): void {
  if (NO_NAME.some((each) => name.includes(each)) || name.length > 255)
    throw new QdrantError(
      422,
      'Validation error in path parameters: [name: invalid collection name]',
    )
}

function infoOf({ vectors, sparse, points, indexes }: Collection): unknown {
  const single = vectors.get('')
  return {
    ...{ status: 'green', optimizer_status: 'ok', points_count: points.size, segments_count: 1 },
    indexed_vectors_count: 0,
    config: {
      params: {
        ...(vectors.size > 0 && { vectors: single ?? Object.fromEntries(vectors) }),
        ...(sparse.size > 0 && { sparse_vectors: Object.fromEntries(sparse) }),
        ...{ shard_number: 1, replication_factor: 1, on_disk_payload: true },
      },
      hnsw_config: { m: 16, ef_construct: 100, full_scan_threshold: 10_000 },
      optimizer_config: { deleted_threshold: 0.2, flush_interval_sec: 5 },
    },
    payload_schema: Object.fromEntries(
      [...indexes].map(([key, type]) => [key, { data_type: type, points: points.size }]),
    ),
  }
}

function answerIndex(collection: Collection, { method, body }: Asked, rest: string[]): unknown {
  const [field] = rest
  if (method === 'PUT' && field === undefined) {
    const { field_name, field_schema } = objectOf(body, 'struct CreateFieldIndex')
    if (typeof field_name !== 'string') throw malformed('missing field `field_name`')
    const type =
      typeof field_schema === 'object' ? objectOf(field_schema, 'schema').type : field_schema
    if (!FIELD_TYPES.includes(String(type)))
      throw malformed('unknown variant of PayloadFieldSchema')
    collection.indexes.set(field_name, String(type))
    return updated(collection)
  }
  if (method === 'DELETE' && field !== undefined) {
    collection.indexes.delete(field)
    return updated(collection)
  }
  throw new QdrantError(405, '')
}

const updated = (collection: Collection) => ({
  operation_id: ++collection.operation,
  status: 'completed',
})

function answerPoints(collection: Collection, asked: Asked, act: string): unknown {
  const body = objectOf(asked.body ?? {}, 'a struct')
  const key = `${asked.method} ${act}`
  switch (key) {
    case 'PUT ':
      return upsert(collection, body)
    case 'POST ': {
      const ids = listOf(body.ids, 'ids').map(parseId)
      return ids.flatMap((id) => {
        const point = collection.points.get(keyOf(id))
        return point ? [{ id: point.id, ...showParts(point, { with_payload: true, ...body }) }] : []
      })
    }
    case 'POST delete':
      return deletePoints(collection, body)
    case 'POST count': {
      const passes = compileFilter(body.filter)
      return { count: [...collection.points.values()].filter(passes).length }
    }
    case 'POST scroll':
      return scroll(collection, body)
    case 'POST query':
      return queryPoints(collection, body)
    case 'POST query/batch':
      return listOf(body.searches, 'searches').map((each) => queryPoints(collection, each))
    default:
      throw new QdrantError(404, '')
  }
}

/** All points of a write are checked before the first is kept. */
function upsert(collection: Collection, body: Record<string, unknown>): unknown {
  const list = listOf(body.points, 'points')
  if (list.length === 0) throw invalid('points: must not be empty')
  const version = collection.operation + 1
  const points = list.map((each) => parsePoint(collection, each, version))
  for (const point of points) collection.points.set(keyOf(point.id), point)
  return updated(collection)
}

function deletePoints(collection: Collection, body: Record<string, unknown>): unknown {
  if (body.points)
    for (const id of listOf(body.points, 'ids')) collection.points.delete(keyOf(parseId(id)))
  else if (body.filter) {
    const passes = compileFilter(body.filter)
    for (const [key, point] of collection.points) if (passes(point)) collection.points.delete(key)
  } else throw malformed('data did not match any variant of untagged enum PointsSelector')
  return updated(collection)
}

function scroll(collection: Collection, body: Record<string, unknown>): unknown {
  const limit = countOf(body.limit, 'limit', 1, 10)
  const passes = compileFilter(body.filter)
  const from = body.offset === undefined || body.offset === null ? '' : keyOf(parseId(body.offset))
  const all = [...collection.points]
    .filter(([key, point]) => key >= from && passes(point))
    .sort(([a], [b]) => (a < b ? -1 : 1))
  return {
    points: all
      .slice(0, limit)
      .map(([, point]) => ({ id: point.id, ...showParts(point, { with_payload: true, ...body }) })),
    next_page_offset: all[limit]?.[1].id ?? null,
  }
}
