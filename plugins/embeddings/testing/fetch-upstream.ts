import { ControlError, type Reply, type StreamReply, type Upstream } from '#core'

/** A request that reached a server. */
export interface Sent {
  path: string
  body: string
}

/** The way to whatever server stands on loopback now, by fetch, with a note of all that was sent. */
export function fetchUpstream(where: () => string, sent: Sent[], apiKey?: string): Upstream {
  const ask = async (path: string, init: RequestInit): Promise<Response> => {
    sent.push({ path, body: String(init.body ?? '') })
    const headers = new Headers(init.headers)
    if (apiKey !== undefined) headers.set('authorization', `Bearer ${apiKey}`)
    try {
      return await fetch(where() + path, { ...init, headers })
    } catch (cause) {
      if (init.signal?.aborted) throw init.signal.reason
      throw new ControlError('UPSTREAM_UNREACHABLE', `${where()} refuses connections.`, { cause })
    }
  }
  return {
    origin: where(),
    request: async (path, { signal } = {}): Promise<Reply> => {
      const reply = await ask(path, { ...(signal && { signal }) })
      const body = Buffer.from(await reply.arrayBuffer())
      const json = <T>(): T => {
        try {
          return JSON.parse(body.toString()) as T
        } catch (cause) {
          throw new ControlError('UPSTREAM_FAILED', 'The answer is not JSON', { cause })
        }
      }
      return { status: reply.status, headers: Object.fromEntries(reply.headers), body, json }
    },
    stream: async (path, { body, headers = {}, signal }): Promise<StreamReply> => {
      const text = body instanceof Uint8Array ? Buffer.from(body).toString() : String(body)
      const reply = await ask(path, { method: 'POST', headers, body: text, signal })
      const { status, headers: got } = reply
      return { status, headers: Object.fromEntries(got), body: chunksOf(reply) }
    },
  } as Upstream
}

async function* chunksOf(reply: Response): AsyncGenerator<Buffer> {
  yield Buffer.from(await reply.arrayBuffer())
}
