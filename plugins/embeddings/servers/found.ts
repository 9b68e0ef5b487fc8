import type { Upstream } from '#core'

/** How a server wants to be asked. */
export type Shape = 'tei' | 'infinity' | 'vllm' | 'flag' | 'openai'

/** What a model of a server is good for; `unknown`: the server does not say. */
export type Ability = 'embed' | 'sparse' | 'rerank' | 'unknown'

export interface ServedModel {
  id: string
  can: readonly Ability[]
}

/** How a FlagEmbedding-like server is asked: its path, the key the texts stand under, and all keys. */
export interface FlagDoor {
  path: string
  field: string
  fields: readonly string[]
}

/** A server that was looked at: what it is and what it takes. */
export interface Found {
  shape: Shape
  /** Before its paths; `/v1` where infinity was started with it. */
  prefix: string
  models: readonly ServedModel[]
  /** Texts it takes at once; null: it does not say. */
  maxBatch: number | null
  /** Where a FlagEmbedding-like server embeds, and where it reranks. */
  embedDoor?: FlagDoor
  rerankDoor?: FlagDoor
  /** Tells one server from another that stands in its place later. */
  identity: string
}

/** A server with the way to it. */
export interface Server {
  upstream: Upstream
  found: Found
}

/** The first model that is good for it, else the first that does not say. */
export const modelFor = (found: Found, ability: Ability): string | undefined =>
  found.models.find(({ can }) => can.includes(ability))?.id ??
  found.models.find(({ can }) => can.includes('unknown'))?.id
