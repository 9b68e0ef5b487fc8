import type { Readable } from 'node:stream'
import type { Dispatcher } from 'undici'
import type { Lane } from './lane.ts'
import { replyHeaders, requestHeaders } from './plain-headers.ts'
import { Silence } from './silence.ts'
import type { StreamOptions, StreamReply } from './upstream.ts'
import { upstreamError, upstreamTimeout } from './upstream-error.ts'

/**
 * A call whose bodies are never whole in memory, in neither direction. Throws UPSTREAM_UNREACHABLE |
 * UPSTREAM_TIMEOUT | UPSTREAM_FAILED, or the signal's reason; so does the answer's body.
 */
export async function streamUpstream(
  lane: Lane,
  path: string,
  options: StreamOptions,
): Promise<StreamReply> {
  const { signal, method = 'POST', headers = {} } = options
  signal.throwIfAborted()
  const talk = new Talk(lane, signal)
  try {
    const answer = await lane.pool.request({
      ...{ path, method, headers: requestHeaders(lane, headers), signal: talk.until },
      body: talk.upload(options.body),
    } as Dispatcher.RequestOptions)
    talk.silence.heard()
    return {
      status: answer.statusCode,
      headers: replyHeaders(answer.headers),
      body: talk.download(answer.body),
    }
  } catch (error) {
    throw talk.over(error)
  }
}

/** Watches one call: whose turn it is, how long the server has been silent, and when it is over. */
class Talk {
  readonly silence: Silence
  readonly until: AbortSignal
  readonly #lane: Lane
  readonly #signal: AbortSignal
  readonly #deadline = new AbortController()
  #isCallersTurn = false

  constructor(lane: Lane, signal: AbortSignal) {
    this.#lane = lane
    this.#signal = signal
    this.silence = new Silence(lane.clock)
    this.until = AbortSignal.any([signal, this.#deadline.signal])
    signal.addEventListener('abort', this.#stop, { once: true })
    if (lane.requestTimeoutMs !== null) void this.#watch(lane.requestTimeoutMs)
  }

  upload(body: StreamOptions['body']): unknown {
    if (body === undefined) return null
    if (typeof body === 'string' || body instanceof Uint8Array) return body
    return this.#sending(body)
  }

  /** An iterator and no generator: one that is left before its first part must end the call too. */
  download(body: Readable): AsyncIterable<Buffer> {
    const parts = body[Symbol.asyncIterator]() as AsyncIterator<Buffer>
    const next = async (): Promise<IteratorResult<Buffer>> => {
      this.#isCallersTurn = false
      this.silence.heard()
      try {
        const part = await parts.next()
        if (part.done) this.#stop()
        this.#isCallersTurn = true
        return part
      } catch (error) {
        throw this.over(error)
      }
    }
    const leave = async (): Promise<IteratorResult<Buffer>> => {
      this.#stop()
      body.destroy()
      return { done: true, value: undefined }
    }
    // What nobody reads any more must not bring the process down when it is cut.
    body.on('error', () => {})
    return { [Symbol.asyncIterator]: () => ({ next, return: leave }) }
  }

  /** What a failure of the call is called. */
  over(error: unknown): unknown {
    this.#stop()
    if (this.#signal.aborted) return this.#signal.reason
    const { origin, requestTimeoutMs } = this.#lane
    if (this.#deadline.signal.aborted) return upstreamTimeout(origin, requestTimeoutMs ?? 0)
    return upstreamError(origin, error)
  }

  async *#sending(body: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
    this.#isCallersTurn = true
    for await (const part of body) {
      this.#isCallersTurn = false
      this.silence.heard()
      yield part
      this.#isCallersTurn = true
    }
    this.#isCallersTurn = false
    this.silence.heard()
  }

  #stop = (): void => {
    this.silence.stop()
    this.#signal.removeEventListener('abort', this.#stop)
  }

  async #watch(timeoutMs: number): Promise<void> {
    if (await this.silence.lasts(timeoutMs, () => this.#isCallersTurn)) this.#deadline.abort()
  }
}
