import type { CollectionInfo, Distance, SparseVector } from '../qdrant/shapes.ts'

/** What a collection compares by. The name of Qdrant's one unnamed vector is ''. */
export interface Vectors {
  dense: { name: string; size: number; distance: Distance } | null
  sparse: { name: string; is_idf: boolean } | null
}

/** Names of the vectors in collections that are made here. */
export const DENSE = 'dense'
export const SPARSE = 'sparse'

/** The vectors of a collection, whoever made it: those called dense and sparse, else the only ones. */
export function readVectors({ config }: Pick<CollectionInfo, 'config'>): Vectors {
  const { vectors, sparse_vectors } = config.params
  const dense = pick(namedVectors(vectors), DENSE)
  const sparse = pick(Object.entries(sparse_vectors ?? {}), SPARSE)
  return {
    dense: dense ? { name: dense[0], size: dense[1].size, distance: dense[1].distance } : null,
    sparse: sparse ? { name: sparse[0], is_idf: sparse[1].modifier === 'idf' } : null,
  }
}

type Params = { size: number; distance: Distance }

function namedVectors(vectors: CollectionInfo['config']['params']['vectors']): [string, Params][] {
  if (!vectors) return []
  return typeof vectors.size === 'number'
    ? [['', vectors as Params]]
    : Object.entries(vectors as Record<string, Params>)
}

const pick = <T>(entries: [string, T][], name: string): [string, T] | undefined =>
  entries.find(([each]) => each === name) ?? (entries.length === 1 ? entries[0] : undefined)

/** The vectors of a point as Qdrant takes them. */
export function vectorsOfPoint(
  { dense, sparse }: Vectors,
  embedded: { dense: Float32Array; sparse: SparseVector | null },
): unknown {
  const isSparse = sparse && embedded.sparse && embedded.sparse.indices.length > 0
  if (dense?.name === '' && !isSparse) return [...embedded.dense]
  return {
    ...(dense && { [dense.name]: [...embedded.dense] }),
    ...(isSparse && { [sparse.name]: embedded.sparse }),
  }
}
