import { Nullable, type Static, Type } from '#core'
import { DISTANCES } from '../qdrant/shapes.ts'

const Distance = Type.Union(DISTANCES.map((each) => Type.Literal(each)))

/** What a field can be indexed as. */
export const INDEX_TYPES = [
  'keyword',
  'integer',
  'float',
  'bool',
  'geo',
  'datetime',
  'text',
  'uuid',
] as const

/** What `PUT /api/collections/:name` may say; the rest follows from the embedding model. */
export const CollectionInput = Type.Object({
  distance: Type.Optional(Distance),
  sparse: Type.Optional(
    Type.Boolean({ description: 'whether words are weighed, too; default: if the server can' }),
  ),
  idf: Type.Optional(
    Type.Boolean({
      description: 'let Qdrant weigh rare words more: for plain counts of words only',
    }),
  ),
})
export type CollectionInput = Static<typeof CollectionInput>

export const CollectionView = Type.Object({
  name: Type.String(),
  service: Type.String(),
  status: Type.String({ description: 'green, yellow (at work), grey or red, as Qdrant says' }),
  points: Nullable(Type.Integer({ description: 'chunks' })),
  dense: Nullable(Type.Object({ name: Type.String(), size: Type.Integer(), distance: Distance })),
  sparse: Nullable(Type.Object({ name: Type.String(), is_idf: Type.Boolean() })),
  indexes: Type.Array(
    Type.Object({ field: Type.String(), type: Type.String(), points: Type.Integer() }),
  ),
})
export type CollectionView = Static<typeof CollectionView>

export const CollectionsView = Type.Object({
  service: Type.String(),
  collections: Type.Array(CollectionView),
  /** Those of whom only the name can be told, and why. */
  others: Type.Array(Type.Object({ name: Type.String(), reason: Type.String() })),
})
export type CollectionsView = Static<typeof CollectionsView>
