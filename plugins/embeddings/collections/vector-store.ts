import type { Call, Kind, Service } from '#core'
import type { Embedded } from '../documents/document.ts'
import { embedder } from '../embed/embedder.ts'
import { embeddingsError } from '../errors.ts'
import { createQdrant, type Qdrant } from '../qdrant/qdrant.ts'
import type { Settings } from '../settings.ts'

/** The Qdrant of a service with what makes vectors for it. */
export interface VectorStore {
  readonly service: Service<Settings>
  readonly qdrant: Qdrant
  /** Waits in line with the other callers of the embeddings server. */
  embed(texts: readonly string[], signal: AbortSignal): Promise<Embedded[]>
  /** Length of the dense vectors, and whether there are sparse ones. */
  traits(signal: AbortSignal): Promise<{ dimensions: number; hasSparse: boolean }>
}

/** Who asks, for waiting in line before the embeddings server. */
type Caller = Call['caller']

/** Finds the store of the service meant. Throws SERVICE_*, VECTOR_STORE_MISSING. */
export type PickStore = (id: string | undefined, caller: Caller) => VectorStore

export const createPickStore =
  (kind: Kind<Settings>): PickStore =>
  (id, caller) =>
    storeOf(kind.pick(id), caller)

/** Throws VECTOR_STORE_MISSING where the topology names no Qdrant. */
export function storeOf(service: Service<Settings>, caller: Caller): VectorStore {
  if (!service.settings.qdrant)
    throw embeddingsError('VECTOR_STORE_MISSING', `${service.id} has no Qdrant.`, {
      hint: `Add qdrant: { port: 6333 } to services.${service.id} in topology.yaml.`,
    })
  return {
    service,
    qdrant: createQdrant(service.http('qdrant')),
    async embed(texts, signal) {
      const admitted = await service.http().admit({ caller, signal })
      try {
        const { both } = await embedder(service, admitted.signal)
        const { dense, sparse } = await both(texts, admitted.signal)
        return dense.map((vector, n) => ({ dense: vector, sparse: sparse?.[n] ?? null }))
      } finally {
        admitted.leave()
      }
    },
    async traits(signal) {
      const { dimensions, sparse } = await embedder(service, signal)
      return { dimensions, hasSparse: sparse !== undefined }
    },
  }
}

/** What an act on a collection holds: the collection, which the service contains. */
export const holdsOf = ({ id }: Pick<Service, 'id'>, collection: string): string[] => [
  `${id}:${collection}`,
]
