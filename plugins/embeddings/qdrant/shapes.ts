import { Nullable, type Static, Type } from '#core'

/**
 * The parts of Qdrant's answers that are used, after its openapi.json (1.19). Objects are open:
 * a newer Qdrant may say more.
 */

/** An unsigned integer or a UUID; Qdrant takes nothing else for an id. */
export const PointId = Type.Union([Type.Integer({ minimum: 0 }), Type.String()])
export type PointId = Static<typeof PointId>

export const DISTANCES = ['Cosine', 'Dot', 'Euclid', 'Manhattan'] as const
export type Distance = (typeof DISTANCES)[number]

const VectorParams = Type.Object({
  size: Type.Integer({ minimum: 1 }),
  distance: Type.Union(DISTANCES.map((each) => Type.Literal(each))),
})

const Maybe = <S extends Parameters<typeof Type.Optional>[0]>(schema: S) =>
  Type.Optional(Nullable(schema))

export const CollectionInfo = Type.Object({
  status: Type.String(),
  points_count: Maybe(Type.Integer()),
  indexed_vectors_count: Maybe(Type.Integer()),
  segments_count: Type.Integer(),
  config: Type.Object({
    params: Type.Object({
      // one unnamed vector, or several by name; absent where there are only sparse ones
      vectors: Maybe(Type.Union([VectorParams, Type.Record(Type.String(), VectorParams)])),
      sparse_vectors: Maybe(
        Type.Record(Type.String(), Type.Object({ modifier: Maybe(Type.String()) })),
      ),
    }),
  }),
  payload_schema: Type.Record(
    Type.String(),
    Type.Object({ data_type: Type.String(), points: Type.Integer() }),
  ),
})
export type CollectionInfo = Static<typeof CollectionInfo>

export const CollectionList = Type.Object({
  collections: Type.Array(Type.Object({ name: Type.String() })),
})

export const ScoredPoint = Type.Object({
  id: PointId,
  score: Type.Number(),
  payload: Maybe(Type.Record(Type.String(), Type.Unknown())),
  vector: Maybe(Type.Unknown()),
})
export type ScoredPoint = Static<typeof ScoredPoint>

const QueryResult = Type.Object({ points: Type.Array(ScoredPoint) })
export const QueryResults = Type.Array(QueryResult)
export const Count = Type.Object({ count: Type.Integer() })
export const UpdateResult = Type.Object({ status: Type.String() })
export const Done = Type.Boolean()

/** Term numbers with their weights. Indices are unique, one value each. */
export interface SparseVector {
  indices: number[]
  values: number[]
}
