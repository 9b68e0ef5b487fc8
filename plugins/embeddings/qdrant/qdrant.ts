import { ControlError, type Static, type TSchema, type Upstream, Value } from '#core'
import { refusalOf } from './refusal.ts'
import type { QdrantPath } from './segment.ts'

export interface QdrantRequest<S extends TSchema> {
  path: QdrantPath
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  body?: unknown
  /** What `result` of the answer must look like. */
  result: S
  signal: AbortSignal
  /** Deadline for the whole answer; default 15 000 ms. */
  timeoutMs?: number
}

/** The few calls of Qdrant's REST API that are needed, each answered with its checked `result`. */
export interface Qdrant {
  readonly origin: string
  /** Throws a code of refusal.ts, or UPSTREAM_*. */
  call<S extends TSchema>(request: QdrantRequest<S>): Promise<Static<S>>
}

const TIMEOUT_MS = 15_000
const ANSWER_BYTES = 32 * 1024 * 1024

/** A client over the service's own upstream, which carries the key and the private-range rule. */
export const createQdrant = (upstream: Upstream): Qdrant => ({
  origin: upstream.origin,
  async call({ path, method = 'GET', body, result, signal, timeoutMs = TIMEOUT_MS }) {
    const reply = await upstream.request(path, {
      ...{ method, signal, timeoutMs, maxBytes: ANSWER_BYTES },
      ...(body !== undefined && { body }),
    })
    const refusal = refusalOf(upstream.origin, reply)
    if (refusal) throw refusal
    const envelope = reply.json<{ result?: unknown } | null>()
    if (Value.Check(result, envelope?.result)) return envelope?.result
    const [first] = [...Value.Errors(result, envelope?.result)]
    throw new ControlError(
      'UPSTREAM_FAILED',
      `${upstream.origin} answers ${method} ${path} in another shape than Qdrant's (result${first?.path ?? ''}: ${first?.message ?? 'odd'}).`,
      { hint: 'Look whether qdrant of the service points at a Qdrant of version 1.10 or newer.' },
    )
  },
})
