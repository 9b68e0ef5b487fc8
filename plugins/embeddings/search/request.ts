import { Nullable, type Static, Type } from '#core'
import { FilterInput } from '../qdrant/filter.ts'
import { SegmentInput } from '../qdrant/segment.ts'

const Choice = <const T extends readonly string[]>(values: T, options: object) =>
  Type.Unsafe<T[number]>(
    Type.Union(
      values.map((value) => Type.Literal(value)),
      options,
    ),
  )

const Weight = Type.Number({ exclusiveMinimum: 0, maximum: 100 })

/** How much either list counts where ranks are fused. */
export const Weights = Type.Object(
  { dense: Weight, sparse: Weight },
  { description: 'how much meaning and words count with rrf; default: the same' },
)
export type Weights = Static<typeof Weights>

/** Body of `POST /api/search`. */
export const SearchInput = Type.Object({
  collection: SegmentInput('the name of a collection'),
  query: Type.String({ minLength: 1, maxLength: 8_192, pattern: '\\S' }),
  limit: Type.Integer({ default: 10, minimum: 1, maximum: 100 }),
  filter: Type.Optional(FilterInput),
  mode: Choice(['hybrid', 'dense', 'sparse'], { default: 'hybrid' }),
  fusion: Choice(['rrf', 'dbsf'], {
    default: 'rrf',
    description: 'how hybrid joins its two lists',
  }),
  weights: Type.Optional(Weights),
  names: Type.Boolean({
    default: true,
    description: 'words count three times for a query that names a thing (GB10, --port)',
  }),
  rerank: Type.Boolean({ default: false, description: 'let the reranker have the last word' }),
  with: Type.Array(Choice(['payload', 'vectors', 'stages'], {}), {
    default: ['payload', 'stages'],
    maxItems: 3,
    uniqueItems: true,
    description: 'what each result carries beside its text',
  }),
  service: Type.Optional(
    Type.String({ minLength: 1, maxLength: 64, description: 'id of the service' }),
  ),
})
export type SearchInput = Static<typeof SearchInput>

const Stage = { rank: Type.Integer({ description: 'from 1' }), score: Type.Number() }
const ListStage = Type.Object({
  ...Stage,
  adds: Type.Optional(Type.Number({ description: 'its part of the fused score' })),
})

export const SearchResult = Type.Object({
  id: Type.Union([Type.String(), Type.Integer()]),
  document: Nullable(Type.String()),
  chunk: Nullable(Type.Integer()),
  score: Type.Number({ description: 'of the last stage' }),
  text: Nullable(Type.String()),
  payload: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  vectors: Type.Optional(Type.Unknown()),
  stages: Type.Optional(
    Type.Object({
      dense: Type.Optional(ListStage),
      sparse: Type.Optional(ListStage),
      fused: Type.Optional(Type.Object(Stage)),
      rerank: Type.Optional(Type.Object(Stage)),
    }),
  ),
})
export type SearchResult = Static<typeof SearchResult>

/** Why the answer is not all that was asked for. */
export const Note = Type.Object({ code: Type.String(), message: Type.String() })
export type Note = Static<typeof Note>

export const SearchView = Type.Object({
  service: Type.String(),
  collection: Type.String(),
  mode: Type.String({ description: 'what was done: hybrid, dense or sparse' }),
  fusion: Nullable(Type.String()),
  names: Type.Array(Type.String(), {
    description: 'words of the query for which the list of words counts three times',
  }),
  is_reranked: Type.Boolean(),
  notes: Type.Array(Note),
  took_ms: Type.Object({
    embed: Type.Number(),
    search: Type.Number(),
    rerank: Nullable(Type.Number()),
  }),
  results: Type.Array(SearchResult),
})
export type SearchView = Static<typeof SearchView>
