import { ControlError } from '#core'
import type { Vectors } from '../collections/vectors.ts'
import type { Embedded } from '../documents/document.ts'
import { embeddingsError } from '../errors.ts'
import type { Filter } from '../qdrant/filter.ts'
import type { SparseVector } from '../qdrant/shapes.ts'
import type { Note, SearchInput, Weights } from './request.ts'

export type Stage = 'dense' | 'sparse' | 'fused'

/** One query of Qdrant's `points/query/batch`. */
interface Query {
  prefetch?: Query[]
  query: number[] | SparseVector | Fusion
  using?: string
  filter?: Filter
  limit: number
  with_payload?: boolean
  with_vector?: boolean
}

/** Without weights by name, as older servers know it too. */
type Fusion = { fusion: SearchInput['fusion'] } | { rrf: { weights: number[] } }

/** What is asked of Qdrant, and what of the wish cannot be had. */
export interface SearchPlan {
  mode: SearchInput['mode']
  fusion: SearchInput['fusion'] | null
  weights?: Weights
  /** How often each list is fused. */
  times: { dense: number; sparse: number }
  notes: Note[]
  /** The stage each query answers; the first is the one whose points count. */
  stages: Stage[]
  searches: Query[]
}

export interface SearchWish extends Pick<SearchInput, 'mode' | 'fusion' | 'limit' | 'with'> {
  filter?: Filter
  weights?: Weights
  rerank: boolean
  /** The query names a thing, see `namesIn`. */
  isNaming: boolean
  vectors: Vectors
  embedded: Embedded
  collection: string
}

/** Results of each list that are fused, and of the fused one that are reranked. */
const LEAST_DEPTH = 200
const MOST_DEPTH = 300
/** A reranker reads query and text together, so it is given as few as still make a difference. */
const RERANKED = 50
/** What is like a name is mostly wrong, so the words' list counts as often then. */
const TIMES_OF_NAMES = 3

/** Decides how a wish is searched for. Throws VALIDATION, SPARSE_MISSING, VECTORS_MISFIT where it cannot be. */
export function planSearch(wish: SearchWish): SearchPlan {
  if (wish.weights && wish.fusion !== 'rrf') throw unweighed(wish.fusion)
  const { mode, notes } = chooseMode(wish)
  const depth = Math.min(MOST_DEPTH, Math.max(LEAST_DEPTH, 3 * wish.limit))
  const limit = wish.rerank ? Math.max(wish.limit, RERANKED) : wish.limit
  const shown = { with_payload: true, with_vector: wish.with.includes('vectors') }
  const filter = wish.filter ? { filter: wish.filter } : {}
  const lists = { dense: denseQuery(wish), sparse: sparseQuery(wish) }
  const times = { dense: 1, sparse: wish.isNaming ? TIMES_OF_NAMES : 1 }
  if (mode !== 'hybrid') {
    const search = { ...(lists[mode] as Pick<Query, 'query'>), ...filter, limit, ...shown }
    return { mode, fusion: null, times, notes, stages: [mode], searches: [search] }
  }
  const both = [lists.dense, lists.sparse].map((list) => ({
    ...(list as Pick<Query, 'query'>),
    ...filter,
    limit: depth,
  }))
  // a list that is there more than once counts as often in either fusion, also where weights are not known
  const [dense, sparse] = both as [Query, Query]
  const prefetch = [dense, ...new Array<Query>(times.sparse).fill(sparse)]
  const fused: Query = { prefetch, query: fusionOf(wish, times.sparse), limit, ...shown }
  const explained = wish.with.includes('stages')
  return {
    ...{ mode, fusion: wish.fusion, times, notes },
    ...(wish.weights && { weights: wish.weights }),
    stages: explained ? ['fused', 'dense', 'sparse'] : ['fused'],
    searches: explained ? [fused, ...both] : [fused],
  }
}

function unweighed(fusion: string): ControlError {
  const message = `weighs ranks, which ${fusion} does not look at; leave it out, or ask for "rrf"`
  return new ControlError('VALIDATION', `weights: ${message}`, {
    details: [{ path: 'weights', message }],
  })
}

function fusionOf({ fusion, weights }: SearchWish, times: number): Fusion {
  if (!weights) return { fusion }
  return { rrf: { weights: [weights.dense, ...new Array<number>(times).fill(weights.sparse)] } }
}

function denseQuery({ vectors: { dense }, embedded }: SearchWish): Pick<Query, 'query' | 'using'> {
  return {
    query: [...embedded.dense],
    ...(dense && dense.name !== '' && { using: dense.name }),
  }
}

function sparseQuery({ vectors: { sparse }, embedded }: SearchWish) {
  return { query: embedded.sparse ?? { indices: [], values: [] }, using: sparse?.name ?? '' }
}

/** What can be done of the mode that is wanted; less than hybrid is said, less than sparse refused. */
function chooseMode(wish: SearchWish): Pick<SearchPlan, 'mode' | 'notes'> {
  const { mode, vectors, collection } = wish
  const lack = whyNoSparse(wish)
  if (mode === 'sparse' && lack)
    throw embeddingsError('SPARSE_MISSING', `Words cannot be searched by alone: ${lack.message}`, {
      hint: 'Ask with mode "dense" or "hybrid".',
    })
  if (!vectors.dense && mode !== 'sparse') {
    if (mode === 'dense' || lack)
      throw embeddingsError('VECTORS_MISFIT', `${collection} has no dense vectors.`, {
        hint: 'Ask with mode "sparse", or load it into a new collection.',
      })
    return {
      mode: 'sparse',
      notes: [
        {
          code: 'SPARSE_ONLY',
          message: `${collection} has no dense vectors; only words were searched by.`,
        },
      ],
    }
  }
  return mode === 'hybrid' && lack ? { mode: 'dense', notes: [lack] } : { mode, notes: [] }
}

function whyNoSparse({ vectors, embedded, collection }: SearchWish): Note | undefined {
  const note = (why: string): Note => ({
    code: 'DENSE_ONLY',
    message: `${why}; only meaning was searched by.`,
  })
  if (!vectors.sparse) return note(`${collection} has no sparse vectors`)
  if (!embedded.sparse) return note('The embeddings server gives no sparse vectors')
  if (embedded.sparse.indices.length === 0) return note('No word of the query has a weight')
  return undefined
}
