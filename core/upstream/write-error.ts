import type { IncomingMessage, ServerResponse } from 'node:http'
import { asControlError, type ControlError } from '../errors.ts'
import { awaitingContinue } from './awaiting-continue.ts'
import { isBegun } from './begun.ts'

/**
 * Answers an error in our shape, or in OpenAI's under /v1, with `Retry-After`; as an event where a
 * stream was begun for a caller who waits. Does nothing when any other answer has begun. The request id is taken from `answerHeaders['x-request-id']`.
 */
export function writeError(
  req: IncomingMessage,
  res: ServerResponse,
  thrown: unknown,
  answerHeaders: Record<string, string> = {},
): void {
  if (res.destroyed) return
  const error = asControlError(thrown)
  if (res.headersSent) {
    if (isBegun(res) && !res.writableEnded)
      res.end(errorEvent(req.url ?? '', error, requestIdOf(answerHeaders)))
    return
  }
  const body = Buffer.from(errorText(req.url ?? '', error, requestIdOf(answerHeaders)))
  // what somebody had set for another body
  for (const name of OF_A_BODY) res.removeHeader(name)
  for (const name in answerHeaders) res.setHeader(name, answerHeaders[name] as string)
  res.setHeader('content-type', 'application/json; charset=utf-8')
  res.setHeader('content-length', body.byteLength)
  res.setHeader('cache-control', 'no-store')
  // OpenAI's shape of an error has no place for it.
  const { position } = (error.holder ?? {}) as { position?: number }
  if (position !== undefined) res.setHeader('x-queue-position', position)
  if (error.retryAfterS !== undefined) res.setHeader('retry-after', Math.ceil(error.retryAfterS))
  if (req.complete) {
    res.writeHead(error.status)
    res.end(body)
    return
  }
  // What is left of the upload is not read to its end, so the connection cannot be used again.
  res.setHeader('connection', 'close')
  res.writeHead(error.status)
  res.write(body)
  endAfterUpload(req, res)
}

const OF_A_BODY = [
  'content-encoding',
  'content-disposition',
  'etag',
  'last-modified',
  'accept-ranges',
]

/** The JSON text of an error for the path it is answered on. */
function errorText(url: string, error: ControlError, requestId: string): string {
  return JSON.stringify(isOpenAiPath(url) ? openAiError(error) : controlError(error, requestId))
}

/** An SSE event that tells a stream's reader that the rest will not come. */
export const errorEvent = (url: string, error: ControlError, requestId: string): string =>
  `event: error\ndata: ${errorText(url, error, requestId)}\n\n`

/** An error in our own shape. */
function controlError(error: ControlError, requestId: string) {
  return {
    error: {
      code: error.code,
      message: error.message,
      ...(error.hint !== undefined && { hint: error.hint }),
      details: error.details,
      request_id: requestId,
      ...(error.retryAfterS !== undefined && { retry_after_s: error.retryAfterS }),
      ...(error.holder !== undefined && { holder: error.holder }),
    },
  }
}

/** An error in OpenAI's shape; the hint becomes part of the message, since the shape has no other place. */
function openAiError(error: ControlError) {
  return {
    error: {
      message: [error.message, error.hint].filter(Boolean).join(isSentence(error) ? ' ' : '; '),
      type: openAiType(error.status),
      param: error.details[0]?.path ?? null,
      code: error.code.toLowerCase(),
    },
  }
}

const isSentence = ({ message }: ControlError): boolean => /[.!?]$/.test(message)

/** Whether a URL's errors are answered in OpenAI's shape. */
export const isOpenAiPath = (url: string): boolean =>
  url.startsWith('/v1') && (url.length === 3 || url[3] === '/' || url[3] === '?')

/**
 * Ends an answer whose request is still being sent: closing at once would reset the connection
 * and could destroy the answer before the client has read it.
 */
export function endAfterUpload(req: IncomingMessage, res: ServerResponse): void {
  if (awaitingContinue.has(req)) {
    res.end()
    return
  }
  const end = (): void => {
    clearTimeout(timer)
    res.end()
  }
  const timer = setTimeout(end, LINGER_MS)
  timer.unref()
  req.once('end', end)
  res.once('close', end)
  req.resume()
}

const LINGER_MS = 2_000

const requestIdOf = (headers: Record<string, string>): string =>
  headers['x-request-id'] ?? headers['X-Request-Id'] ?? ''

function openAiType(status: number): string {
  if (status === 401) return 'authentication_error'
  if (status === 403) return 'permission_error'
  if (status === 429) return 'rate_limit_error'
  return status < 500 ? 'invalid_request_error' : 'server_error'
}
