import { ControlError, type Service } from '#core'
import { embeddingsError } from '../errors.ts'
import type { Found, Server } from '../servers/found.ts'
import { hasServer, serverOf } from '../servers/known.ts'
import type { Settings } from '../settings.ts'
import { askDense } from './dense.ts'
import { askSparse, type SparseWay } from './sparse.ts'

/** What a server showed when it was tried. */
export interface Traits {
  /** Length of its dense vectors. */
  dimensions: number
  /** Whether it packs them (base64) when asked to. */
  doesPack: boolean
  sparse: SparseWay
}

/** What is being learned of servers, or was; kept for as long as a server is found to be the same. */
type Learned<T> = WeakMap<Found, { result: Promise<T>; signal: AbortSignal }>

const traits: Learned<Traits> = new WeakMap()
const ways: Learned<SparseWay> = new WeakMap()

const TRIAL = ['one short text']

/**
 * What the embeddings server gives, found out by embedding three words once. Rejects as the calls do;
 * then the next who asks tries again.
 */
export const traitsOf = (server: Server, signal: AbortSignal): Promise<Traits> =>
  once(traits, server.found, signal, async () => {
    const { dense, sparse, isPacked } = await askDense(server, TRIAL, {}, signal)
    return {
      dimensions: dense[0]?.length ?? 0,
      doesPack: isPacked,
      sparse: sparse ? 'along' : await tryWays(server, signal),
    }
  })

/** Which server gives sparse vectors and how; null: none does. */
export async function sparseSource(
  service: Service<Settings>,
  main: Server,
  signal: AbortSignal,
): Promise<{ server: Server; way: Exclude<SparseWay, 'none'> } | null> {
  if (!hasServer(service, 'sparse')) {
    const { sparse } = await traitsOf(main, signal)
    return sparse === 'none' ? null : { server: main, way: sparse }
  }
  const server = await serverOf(service, 'sparse', signal)
  const way =
    server.found.shape === 'flag'
      ? (await traitsOf(server, signal)).sparse
      : await once(ways, server.found, signal, () => tryWays(server, signal))
  if (way === 'none') throw givesNone(server)
  return { server, way }
}

async function tryWays(server: Server, signal: AbortSignal): Promise<SparseWay> {
  for (const way of WAYS[server.found.shape]) {
    try {
      const [vector] = await askSparse(server, way, TRIAL, signal)
      if (vector && vector.indices.length > 0) return way
    } catch (thrown) {
      if (!isNo(thrown)) throw thrown
    }
  }
  return 'none'
}

const WAYS: Record<Found['shape'], readonly ('tei' | 'plugin' | 'tokens')[]> = {
  tei: ['tei'],
  vllm: ['plugin', 'tokens'],
  infinity: [],
  openai: [],
  flag: [],
}

/** The server says that it cannot, in whatever way; not that it could not just now. */
const isNo = (thrown: unknown): boolean =>
  thrown instanceof ControlError &&
  /^(VALIDATION|PAYLOAD_TOO_LARGE|EMBEDDINGS_SERVER_CHANGED|UPSTREAM_FAILED)$/.test(thrown.code)

async function once<T>(
  learned: Learned<T>,
  found: Found,
  signal: AbortSignal,
  learn: () => Promise<T>,
): Promise<T> {
  const before = learned.get(found)
  if (before)
    return before.result.catch((thrown) => {
      // who asked first has left, and the question with them
      if (before.signal.aborted) return once(learned, found, signal, learn)
      throw thrown
    })
  const result = learn()
  learned.set(found, { result, signal })
  result.catch(() => learned.delete(found))
  return result
}

const givesNone = ({ upstream }: Server): ControlError =>
  embeddingsError('EMBEDDINGS_NOT_GIVEN', `${upstream.origin} gives no sparse vectors.`, {
    hint: 'TEI gives them for models started with --pooling splade.',
  })
