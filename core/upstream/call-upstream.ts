import type { Dispatcher } from 'undici'
import { ControlError } from '../errors.ts'
import { limit } from '../hosts/limit.ts'
import { gather } from '../pieces.ts'
import type { Lane } from './lane.ts'
import { replyHeaders, requestHeaders } from './plain-headers.ts'
import type { Reply, RequestOptions } from './upstream.ts'
import { callTimeout, upstreamError } from './upstream-error.ts'

/** A small buffered call. Throws UPSTREAM_UNREACHABLE | UPSTREAM_TIMEOUT | UPSTREAM_FAILED, or the signal's reason. */
export async function callUpstream(
  lane: Lane,
  path: string,
  options: RequestOptions,
): Promise<Reply> {
  const { timeoutMs = 5_000, maxBytes = 4 * 1024 * 1024, signal } = options
  signal?.throwIfAborted()
  const { clock, origin } = lane
  const work = limit({
    ...{ signal, timeoutMs, clock },
    onDeadline: () => callTimeout(origin, timeoutMs),
  })
  try {
    const asked = { ...requestOf(lane, path, options), signal: work.signal }
    const answer = await lane.pool.request(asked)
    const body = await gather(answer.body, maxBytes, () => answersTooMuch(origin, maxBytes))
    // undici frees a connection a turn later; a second call at once would open another
    await new Promise((resolve) => setImmediate(resolve))
    return reply(answer, body)
  } catch (error) {
    throw work.signal.aborted ? work.signal.reason : upstreamError(origin, error)
  } finally {
    work.end()
  }
}

function requestOf(lane: Lane, path: string, options: RequestOptions): Dispatcher.RequestOptions {
  const { body, headers = {} } = options
  const isRaw = typeof body === 'string' || body instanceof Uint8Array
  const isJson = body !== undefined && !isRaw
  return {
    path,
    method: options.method ?? (body === undefined ? 'GET' : 'POST'),
    headers: requestHeaders(lane, {
      ...(isJson && { 'content-type': 'application/json' }),
      ...headers,
    }),
    body: body === undefined ? null : isRaw ? body : JSON.stringify(body),
  }
}

const answersTooMuch = (origin: string, maxBytes: number): ControlError =>
  new ControlError('UPSTREAM_FAILED', `${origin} answered more than ${maxBytes} bytes.`)

function reply(answer: Dispatcher.ResponseData, body: Buffer): Reply {
  return {
    status: answer.statusCode,
    headers: replyHeaders(answer.headers),
    body,
    json: <T>() => parseJson(body) as T,
  }
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString())
  } catch (cause) {
    const begin = body.toString('utf8', 0, 80)
    throw new ControlError('UPSTREAM_FAILED', `The answer is not JSON: ${begin}`, { cause })
  }
}
