import { ControlError, type Reply, type Upstream } from '#core'
import { embeddingsError } from '../errors.ts'

const LOOK_TIMEOUT_MS = 4_000
const LOOK_BYTES = 2 * 1024 * 1024

/** Asks a server a small question; null where it has no such path. */
export type Ask = (path: string) => Promise<Reply | null>

/** Rejects as `request` does, and where the server wants another key or has no room just now. */
export function askAt(upstream: Upstream, signal: AbortSignal): Ask {
  return async (path) => {
    const reply = await upstream.request(path, {
      signal,
      timeoutMs: LOOK_TIMEOUT_MS,
      maxBytes: LOOK_BYTES,
    })
    if (reply.status === 401 || reply.status === 403) throw wantsKey(upstream.origin, reply.status)
    if (reply.status === 429 || reply.status === 503) throw overloaded(upstream.origin, reply)
    return reply.status === 200 ? reply : null
  }
}

/** What a reply says as JSON; null where it is none. */
export function jsonOf(reply: Reply | null): unknown {
  if (!reply) return null
  try {
    return reply.json()
  } catch (thrown) {
    // a page of something else that stands at the port
    if (thrown instanceof ControlError) return null
    throw thrown
  }
}

/** The server does not take the key it is sent, or is sent none. */
export const wantsKey = (origin: string, status: number): ControlError =>
  embeddingsError('UPSTREAM_KEY_REFUSED', `${origin} answers ${status}: it wants another key.`, {
    hint: 'Set the api_key of this server in topology.yaml.',
  })

/** The server has no room for more just now. */
export const overloaded = (origin: string, reply?: Pick<Reply, 'headers'>): ControlError =>
  new ControlError('OVERLOADED', `${origin} takes no more requests now.`, {
    hint: 'Ask again in a moment.',
    retryAfterS: retryAfterOf(reply) ?? 2,
  })

/** Seconds a server asks to be left alone for. */
export function retryAfterOf(reply: Pick<Reply, 'headers'> | undefined): number | undefined {
  const seconds = Number(reply?.headers['retry-after'])
  return Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds, 3600) : undefined
}
