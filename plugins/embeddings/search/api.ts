import { type Api, JobView, Nullable, Type } from '#core'
import {
  CollectionInput,
  CollectionsView,
  CollectionView,
  INDEX_TYPES,
} from '../collections/views.ts'
import { DocumentId, DocumentInput } from '../documents/document.ts'
import { FilterInput } from '../qdrant/filter.ts'
import { SegmentInput } from '../qdrant/segment.ts'
import { SearchInput, SearchView } from './request.ts'

/** A load of many documents comes as one body. */
const LOAD_BYTES = 32 * 1024 * 1024
const SMALL_BYTES = 256 * 1024

const Name = Type.Object({ name: SegmentInput('the name of a collection') })
const Field = Type.Object({
  name: SegmentInput('the name of a collection'),
  field: SegmentInput('a field of the payload'),
})
const OfService = Type.Object({
  service: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 64,
      description: 'id of the service, where there are several',
    }),
  ),
})

const Chunk = Type.Object(
  {
    max_chars: Type.Integer({ default: 1_200, minimum: 100, maximum: 8_000 }),
    overlap_chars: Type.Integer({ default: 200, minimum: 0, maximum: 4_000 }),
  },
  { additionalProperties: false },
)

const Failed = Type.Object({
  index: Type.Integer(),
  id: Type.String(),
  code: Type.String(),
  message: Type.String(),
})

/** Cluster-wide paths of search and its collections. */
export const searchDoor = {
  'POST /api/search': {
    summary: 'Search a collection by meaning, by words or both, with the scores of each stage',
    effect: 'use',
    body: SearchInput,
    max_bytes: SMALL_BYTES,
    reply: { 200: SearchView },
  },
  'GET /api/collections': {
    summary: 'The collections of a Qdrant with their counts and vectors',
    effect: 'read',
    query: OfService,
    reply: { 200: CollectionsView },
  },
  'GET /api/collections/:name': {
    summary: 'One collection: chunks, vectors, indexes',
    effect: 'read',
    params: Name,
    query: OfService,
    reply: { 200: CollectionView },
  },
  'PUT /api/collections/:name': {
    summary: 'Make a collection for the vectors of the embedding model',
    effect: 'operate',
    params: Name,
    query: OfService,
    body: Type.Optional(CollectionInput),
    reply: { 200: CollectionView, 201: CollectionView },
  },
  'DELETE /api/collections/:name': {
    summary: 'Delete a collection with all it holds',
    effect: 'operate',
    params: Name,
    query: Type.Object({
      ...OfService.properties,
      confirm: Type.Optional(
        Type.String({ maxLength: 255, description: 'the name again; 428 without it' }),
      ),
    }),
    reply: { 200: Type.Object({ name: Type.String(), is_deleted: Type.Boolean() }) },
  },
  'POST /api/collections/:name/documents': {
    summary: 'Cut, embed and keep documents; many of them as a job. The same again changes nothing',
    effect: 'use',
    params: Name,
    query: OfService,
    body: Type.Object({
      documents: Type.Array(DocumentInput, { minItems: 1, maxItems: 10_000 }),
      chunk: Type.Optional(Chunk),
    }),
    max_bytes: LOAD_BYTES,
    reply: {
      200: Type.Object({
        collection: Type.String(),
        documents: Type.Integer(),
        points: Type.Integer(),
        failed: Type.Array(Failed),
      }),
      202: Type.Object({ job: JobView }),
    },
  },
  'DELETE /api/collections/:name/documents': {
    summary: 'Delete documents by their ids or by a filter',
    effect: 'operate',
    params: Name,
    query: OfService,
    body: Type.Object({
      ids: Type.Optional(Type.Array(DocumentId, { minItems: 1, maxItems: 1_000 })),
      filter: Type.Optional(FilterInput),
    }),
    max_bytes: SMALL_BYTES * 4,
    reply: {
      200: Type.Object({
        deleted_points: Type.Integer(),
        points: Nullable(Type.Integer()),
      }),
    },
  },
  'PUT /api/collections/:name/indexes/:field': {
    summary: 'Make an index over a field of the payload, for filters',
    effect: 'operate',
    params: Field,
    query: OfService,
    body: Type.Object({ type: Type.Union(INDEX_TYPES.map((each) => Type.Literal(each))) }),
    reply: { 200: CollectionView },
  },
  'DELETE /api/collections/:name/indexes/:field': {
    summary: 'Delete an index; the payload stays',
    effect: 'operate',
    params: Field,
    query: OfService,
    reply: { 200: CollectionView },
  },
} as const satisfies Api
