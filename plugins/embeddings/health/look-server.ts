import { ControlError, type Service } from '#core'
import { overloaded } from '../servers/ask.ts'
import type { Found } from '../servers/found.ts'
import { lookAgain, type Role } from '../servers/known.ts'
import type { Settings } from '../settings.ts'

/** Looks at a server that embeds or reranks: what it is, and whether its model is well. */
export async function lookAtModelServer(
  service: Service<Settings>,
  role: Role,
  signal: AbortSignal,
): Promise<Found> {
  const found = await lookAgain(service, role, signal)
  if (!HEALTH_TELLS.has(found.shape)) return found
  const upstream = service.http(role)
  const { status } = await upstream.request('/health', { signal, timeoutMs: 4_000 })
  if (status === 429) throw overloaded(upstream.origin)
  if (status >= 500) {
    throw new ControlError('UPSTREAM_FAILED', `${upstream.origin}/health answers ${status}.`, {
      hint: "Its model cannot answer; the server's log says why.",
    })
  }
  return found
}

/** Their /health asks the model; that of infinity and of others says only that the port is open. */
const HEALTH_TELLS: ReadonlySet<Found['shape']> = new Set(['tei', 'vllm'])
