import { ControlError, type Service } from '#core'
import type { Server } from '../servers/found.ts'
import { inBatches } from '../servers/in-batches.ts'
import { forget, type Role, serverOf } from '../servers/known.ts'
import type { Settings } from '../settings.ts'
import { askDense } from './dense.ts'
import { askPlugin, askSparse } from './sparse.ts'
import { sparseSource, traitsOf } from './traits.ts'
import type { SparseVector } from './vectors.ts'

export type { SparseVector } from './vectors.ts'

/** Makes vectors of texts by the servers of a service, in batches they take, in the order given. */
export interface Embedder {
  /** Length of the dense vectors. */
  readonly dimensions: number
  dense(texts: readonly string[], signal: AbortSignal): Promise<Float32Array[]>
  /** Absent: none of the servers gives sparse vectors. */
  sparse?(texts: readonly string[], signal: AbortSignal): Promise<SparseVector[]>
  /** Both sides, by one call where the server can; `sparse` is null where there is none. */
  both(
    texts: readonly string[],
    signal: AbortSignal,
  ): Promise<{ dense: Float32Array[]; sparse: SparseVector[] | null }>
}

/** Texts sent at once to a server that does not say how many it takes. */
export const USUAL_BATCH = 32

/**
 * What the servers of a service give now. Ask anew for each piece of work: it is remembered, and
 * found out again when a server changed. Rejects where a server cannot be reached.
 */
export async function embedder(service: Service<Settings>, signal: AbortSignal): Promise<Embedder> {
  const main = await serverOf(service, 'main', signal)
  const { dimensions } = await traitsOf(main, signal)
  const source = await sparseSource(service, main, signal)
  const dense = each(
    service,
    'main',
    main,
    async (texts, until) =>
      (await askDense(main, texts, { model: service.settings.model }, until)).dense,
  )
  if (!source) {
    return {
      dimensions,
      dense,
      both: async (texts, until) => ({ dense: await dense(texts, until), sparse: null }),
    }
  }
  const { server, way } = source
  const role: Role = server === main ? 'main' : 'sparse'
  const along = each(service, role, server, (texts, until) =>
    askTogether(server, way, texts, until),
  )
  const isTogether = server === main && (way === 'along' || way === 'plugin')
  const sparse =
    way === 'along'
      ? async (texts: readonly string[], until: AbortSignal) =>
          (await along(texts, until)).map((pair) => pair.sparse)
      : each(service, role, server, (texts, until) => askSparse(server, way, texts, until))
  return {
    dimensions,
    dense,
    sparse,
    async both(texts, until) {
      if (!isTogether) {
        const [first, second] = await Promise.all([dense(texts, until), sparse(texts, until)])
        return { dense: first, sparse: second }
      }
      const pairs = await along(texts, until)
      return { dense: pairs.map((pair) => pair.dense), sparse: pairs.map((pair) => pair.sparse) }
    },
  }
}

async function askTogether(
  server: Server,
  way: string,
  texts: readonly string[],
  signal: AbortSignal,
): Promise<{ dense: Float32Array; sparse: SparseVector }[]> {
  const { dense, sparse } =
    way === 'plugin'
      ? await askPlugin(server, texts, 'dense&sparse', signal)
      : await askDense(server, texts, {}, signal)
  if (!dense || !sparse) {
    throw new ControlError(
      'UPSTREAM_FAILED',
      'The server gave one kind of vectors without the other.',
    )
  }
  return dense.map((vector, at) => ({
    dense: vector,
    sparse: sparse[at] ?? { indices: [], values: [] },
  }))
}

/** Sends texts in batches; a server that no longer takes them is looked at again by the next caller. */
function each<Out>(
  service: Service<Settings>,
  role: Role,
  { found }: Server,
  send: (texts: readonly string[], signal: AbortSignal) => Promise<readonly Out[]>,
) {
  const { settings, clock } = service
  const size = settings.max_batch ?? found.maxBatch ?? USUAL_BATCH
  return async (texts: readonly string[], signal: AbortSignal): Promise<Out[]> => {
    try {
      return await inBatches(texts, { size, parallel: settings.parallel, clock }, send, signal)
    } catch (thrown) {
      if (thrown instanceof ControlError && thrown.code === 'EMBEDDINGS_SERVER_CHANGED')
        forget(service, role)
      throw thrown
    }
  }
}
