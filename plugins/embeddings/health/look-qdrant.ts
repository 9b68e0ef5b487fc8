import { ControlError, Type, type Upstream, Value } from '#core'
import { wantsKey } from '../servers/ask.ts'

const Collections = Type.Object({
  result: Type.Object({ collections: Type.Array(Type.Object({ name: Type.String() })) }),
})

/** How many collections a Qdrant has. Rejects as `request` does, or where it does not answer so. */
export async function lookAtQdrant(upstream: Upstream, signal: AbortSignal): Promise<number> {
  const reply = await upstream.request('/collections', { signal, timeoutMs: 4_000 })
  if (reply.status === 401 || reply.status === 403) throw wantsKey(upstream.origin, reply.status)
  const answer = reply.status === 200 ? reply.json() : undefined
  if (Value.Check(Collections, answer)) return answer.result.collections.length
  throw new ControlError('UPSTREAM_FAILED', `${upstream.origin} does not answer like a Qdrant.`, {
    hint: 'Look what runs at that port.',
  })
}
