import type { Upstream } from '#core'

/** What the engine says of its work, whoever asked for it. */
export interface Usage {
  /** Requests being answered or waiting in the engine. */
  running: number
  /** Requests it has answered since it started; looking at it does not count. */
  answered: number
}

/** Reads the engine's own counters; null if it does not answer or has none of them. */
export async function readUsage(upstream: Upstream, signal: AbortSignal): Promise<Usage | null> {
  try {
    const reply = await upstream.request('/metrics', { signal, timeoutMs: 2_000 })
    return reply.status === 200 ? parseUsage(reply.body.toString()) : null
  } catch {
    // busy or gone: what is not known is no reason to stop it
    return null
  }
}

/** The counters in Prometheus' text; engines of one server are summed. */
export function parseUsage(text: string): Usage | null {
  const sum = (name: string): number | undefined => {
    const lines = text.matchAll(new RegExp(`^vllm:${name}(?:\\{[^}]*\\})? (\\S+)$`, 'gm'))
    const values = [...lines].map(([, value]) => Number(value)).filter(Number.isFinite)
    return values.length > 0 ? values.reduce((a, b) => a + b, 0) : undefined
  }
  const running = sum('num_requests_running')
  const answered = sum('request_success_total')
  if (running === undefined || answered === undefined) return null
  return { running: running + (sum('num_requests_waiting') ?? 0), answered }
}
