import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { callerOf } from '../access/principal.ts'
import type { Call, RawAnswer } from '../api.ts'
import { asControlError } from '../errors.ts'
import type { Underway } from './admitted.ts'
import { declaredBytes, openUpload } from './upload.ts'
import type { ForwardOptions } from './upstream.ts'
import { draining, GONE } from './upstream-error.ts'
import { endAfterUpload, errorEvent, writeError } from './write-error.ts'

/** A request to a path of a door, as the service that answers it sees it. */
export interface DoorCall {
  /** Names in lower case. */
  headers: Readonly<Record<string, string | string[] | undefined>>
  query: URLSearchParams
  /** The body, unread and with back-pressure; it fails with PAYLOAD_TOO_LARGE or the signal's reason. */
  body: Readable
  /** Its size as declared; undefined when it comes in chunks. */
  sizeBytes: number | undefined
  /** Aborted when the caller leaves, or with DRAINING when the service stops. */
  signal: AbortSignal
  caller: Call['caller']
}

export interface OwnAnswerOptions extends ForwardOptions {
  answer(call: DoorCall): Promise<RawAnswer>
}

/** Requests a service answers by itself are counted, cut and refused like those handed through. */
export class OwnAnswering implements Underway {
  readonly #abort = new AbortController()

  /** Ends the request because the service stops. */
  cut(): void {
    this.#abort.abort(draining())
  }

  /** Resolves when the answer has ended, in whatever way. Never rejects. */
  async run(req: IncomingMessage, res: ServerResponse, options: OwnAnswerOptions): Promise<void> {
    const { signal } = this.#abort
    const left = (): void => this.#abort.abort(GONE)
    res.once('close', left)
    const body = bodyOf(req, res, options, signal)
    let isEvents = false
    try {
      const sizeBytes = options.body ? options.body.byteLength : declaredBytes(req)
      const query = new URL(req.url ?? '/', 'http://door').searchParams
      const given = await options.answer({
        ...{ headers: req.headers, query, body, sizeBytes, signal },
        caller: callerOf(req),
      })
      signal.throwIfAborted()
      isEvents = given.headers['content-type']?.startsWith('text/event-stream') ?? false
      await send(req, res, given, options.answerHeaders, signal)
    } catch (thrown) {
      const reason = signal.reason === GONE ? undefined : (signal.reason ?? thrown)
      if (reason !== undefined) fail(req, res, reason, options, isEvents)
    } finally {
      res.off('close', left)
      body.destroy()
    }
  }
}

function bodyOf(
  req: IncomingMessage,
  res: ServerResponse,
  { body, maxBytes }: OwnAnswerOptions,
  signal: AbortSignal,
): Readable {
  if (body) return Readable.from([body])
  return declaredBytes(req) === 0 ? Readable.from([]) : openUpload(req, res, maxBytes, signal)
}

async function send(
  req: IncomingMessage,
  res: ServerResponse,
  { status, headers, body }: RawAnswer,
  answerHeaders: Record<string, string> = {},
  signal: AbortSignal,
): Promise<void> {
  if (!res.headersSent) {
    // What is left of the upload is not read to its end, so the connection cannot be used again.
    const closing = req.complete ? {} : { connection: 'close' }
    res.writeHead(status, { ...headers, ...answerHeaders, ...closing })
    res.flushHeaders()
  }
  for await (const chunk of body) {
    signal.throwIfAborted()
    if (!res.write(chunk)) await once(res, 'drain', { signal })
  }
  if (req.complete) res.end()
  else endAfterUpload(req, res)
}

/** Tells the caller in the way that is still open. */
function fail(
  req: IncomingMessage,
  res: ServerResponse,
  thrown: unknown,
  { answerHeaders = {} }: OwnAnswerOptions,
  isEvents: boolean,
): void {
  if (!res.headersSent) {
    writeError(req, res, thrown, answerHeaders)
    return
  }
  const id = answerHeaders['x-request-id'] ?? ''
  if (isEvents) res.end(errorEvent(req.url ?? '', asControlError(thrown), id))
  // a clean end would pass for a whole answer
  else res.destroy()
}
