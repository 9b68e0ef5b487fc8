/** What the page reads of search and its collections; the routes' schemas say all there is. */

export interface Stage {
  /** From 1. */
  rank: number
  score: number
}

export interface SearchResult {
  id: string | number
  document: string | number | null
  score: number
  text: string | null
  stages?: { dense?: Stage; sparse?: Stage; fused?: Stage; rerank?: Stage }
}

export interface SearchView {
  mode: string
  is_reranked: boolean
  /** Why the answer is not all that was asked for. */
  notes: { code: string; message: string }[]
  took_ms: { embed: number; search: number; rerank: number | null }
  results: SearchResult[]
}

export interface CollectionView {
  name: string
  status: string
  points: number | null
  dense: { size: number } | null
  sparse: object | null
}

export interface CollectionsView {
  collections: CollectionView[]
  others: { name: string; reason: string }[]
}

export interface AddedView {
  points: number
  failed: { index: number; id: string | number; message: string }[]
}
