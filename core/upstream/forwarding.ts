import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import type { Dispatcher } from 'undici'
import type { ControlError } from '../errors.ts'
import { sendContinue } from './continue.ts'
import { EventLines, type Lines } from './event-lines.ts'
import type { Lane } from './lane.ts'
import { askPlain, headersDown, headersUp, isPlainStream } from './pass-headers.ts'
import { RefusedAnswer } from './refused-answer.ts'
import { Silence } from './silence.ts'
import { declaredBytes, readBody, tooLarge, UploadStream } from './upload.ts'
import type { ForwardOptions } from './upstream.ts'
import { draining, GONE, upstreamError, upstreamTimeout } from './upstream-error.ts'
import { endAfterUpload, errorEvent, writeError } from './write-error.ts'

/**
 * One request on its way through: undici's handler for the answer, and the client's side. Written
 * without a closure or wrapper per event, since every token passes here.
 */
export class Forwarding implements Dispatcher.DispatchHandler {
  readonly #lane: Lane
  readonly #req: IncomingMessage
  readonly #res: ServerResponse
  readonly #options: ForwardOptions
  readonly #whenOver: () => void
  #controller: Dispatcher.DispatchController | null = null
  #lines: Lines | null = null
  #upload: UploadStream | null = null
  #silence: Silence | null = null
  #isEnded = false
  #wholeBytes = -1
  #whole: Buffer | null = null
  #isFlushed = false
  #hasDrainListener = false
  #isPaused = false
  #read: Buffer | null = null

  constructor(
    lane: Lane,
    req: IncomingMessage,
    res: ServerResponse,
    options: ForwardOptions,
    whenOver: () => void,
  ) {
    this.#lane = lane
    this.#req = req
    this.#res = res
    this.#options = options
    this.#whenOver = whenOver
  }

  /** Reads or streams the body and sends the request up. */
  start(): void {
    const { body } = this.#options
    const req = this.#req
    this.#res.on('close', this.#left)
    // The caller waits in a stream already, so even a failure before any answer is an event.
    if (this.#res.headersSent) this.#lines = new EventLines()
    if (this.#lane.requestTimeoutMs !== null) void this.#watchSilence(this.#lane.requestTimeoutMs)
    const sizeBytes = declaredBytes(req)
    if (body) {
      this.#dispatch(body, undefined)
    } else if (sizeBytes === 0) {
      this.#dispatch(null, req.headers['content-length'])
    } else if (sizeBytes !== undefined && sizeBytes <= SMALL_BODY_BYTES) {
      // One buffer costs undici less than a stream, and nothing has to be undone if the client
      // leaves before its body is whole.
      sendContinue(req, this.#res)
      readBody(req, sizeBytes, (_error, read) => {
        this.#read = read
        this.send()
      })
    } else {
      sendContinue(req, this.#res)
      this.#startUpload()
    }
  }

  /** Ends the request because the service stops. */
  cut(): void {
    this.#fail(draining())
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#isEnded) controller.abort(GONE)
  }

  onBodySent(): void {
    this.#silence?.heard()
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
  ): void {
    if (status < 200 || this.#isEnded) return
    this.#silence?.heard()
    const isEventStream = headers['content-type']?.startsWith('text/event-stream') ?? false
    if (this.#res.headersSent) {
      if (!isEventStream || status !== 200) this.#lines = new RefusedAnswer(status)
      return
    }
    if (isEventStream && isPlainStream(headers)) this.#lines = new EventLines()
    const down = headersDown(this.#res, headers, isEventStream, this.#options.answerHeaders)
    if (!this.#req.complete) down.push('connection', 'close')
    this.#res.writeHead(status, down)
    const length = Number(headers['content-length'])
    if (length <= SMALL_BODY_BYTES) this.#wholeBytes = length
    // With the first bytes if they came along; alone if the server takes its time with them.
    else queueMicrotask(() => this.#flush())
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#isEnded) return
    this.#silence?.heard()
    if (chunk.length === this.#wholeBytes) {
      this.#whole = chunk
      return
    }
    const part = this.#lines ? this.#lines.take(chunk) : chunk
    if (part === null) return
    this.#isFlushed = true
    if (this.#res.write(part)) return
    controller.pause()
    this.#isPaused = true
    if (this.#hasDrainListener) return
    this.#hasDrainListener = true
    this.#res.on('drain', () => this.#drained())
  }

  onResponseEnd(): void {
    if (this.#isEnded) return
    const rest = this.#whole ?? this.#lines?.rest()
    this.#finish()
    if (this.#whole && this.#req.complete) {
      // As a string, since Node joins it with the head into one write.
      this.#res.end(this.#whole.toString('latin1'), 'latin1')
      return
    }
    if (rest) this.#res.write(rest)
    if (this.#req.complete) this.#res.end()
    else endAfterUpload(this.#req, this.#res)
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    const failure = upstreamError(this.#lane.origin, error)
    if (!this.#lane.repeats?.takes(this, this.#req, failure)) this.#fail(failure)
  }

  /** What can be sent once more: all of a body that is here, an upload nobody has read, or nothing. */
  get isRepeatable(): 'read' | 'unread' | false {
    if (this.#isEnded || this.#res.headersSent) return false
    return this.#upload ? this.#upload.isUntouched && 'unread' : 'read'
  }

  /** Sends what there is, once more or first, unless the caller has left. */
  send(): void {
    if (this.#isEnded) return
    if (this.#upload) this.#startUpload()
    else this.#dispatch(this.#options.body ?? this.#read, undefined)
  }

  #startUpload(): void {
    const { maxBytes } = this.#options
    this.#upload?.destroy()
    this.#upload = new UploadStream(this.#req, maxBytes, () => this.#fail(tooLarge(maxBytes)))
    this.#dispatch(this.#upload, this.#req.headers['content-length'])
  }

  #dispatch(body: Buffer | UploadStream | null, contentLength: string | undefined): void {
    const headers = headersUp(this.#req)
    if (this.#res.headersSent) askPlain(headers)
    headers.push(...this.#lane.credentials)
    // undici writes the length of a buffer itself.
    if (contentLength !== undefined) headers.push('content-length', contentLength)
    const { path, method = this.#req.method ?? 'GET' } = this.#options
    this.#lane.pool.dispatch({ path, method, headers, body }, this)
  }

  #flush(): void {
    if (this.#isFlushed || this.#isEnded) return
    this.#isFlushed = true
    this.#res.flushHeaders()
  }

  #drained(): void {
    this.#silence?.heard()
    this.#isPaused = false
    this.#controller?.resume()
  }

  #left = (): void => {
    if (this.#isEnded) return
    this.#finish()
    this.#controller?.abort(GONE)
  }

  /** Tells the client in the way that is still open to us, and frees the server. */
  #fail(error: ControlError): void {
    if (this.#isEnded) return
    this.#finish()
    this.#controller?.abort(error)
    const { answerHeaders, onBrokenStream } = this.#options
    const url = this.#req.url ?? ''
    if (!this.#res.headersSent) {
      writeError(this.#req, this.#res, error, answerHeaders)
    } else if (this.#lines && this.#req.httpVersionMinor > 0) {
      const event =
        onBrokenStream?.() ?? errorEvent(url, error, answerHeaders?.['x-request-id'] ?? '')
      this.#res.end(this.#lines.seam() + event)
    } else if (this.#req.httpVersionMinor > 0) {
      this.#res.destroy()
    } else {
      // HTTP/1.0 takes a closed connection for the end of the answer, a reset not.
      this.#res.socket?.resetAndDestroy()
    }
  }

  #finish(): void {
    this.#isEnded = true
    this.#silence?.stop()
    this.#upload?.destroy()
    this.#lane.ended(this)
    this.#whenOver()
  }

  /** Whether the client, not the server, keeps the request waiting: slow to read or slow to send. */
  #isClientsTurn(): boolean {
    return this.#isPaused || (!this.#req.complete && (this.#upload?.readableLength ?? 0) === 0)
  }

  async #watchSilence(timeoutMs: number): Promise<void> {
    const { clock, origin } = this.#lane
    this.#silence = new Silence(clock)
    if (await this.#silence.lasts(timeoutMs, () => this.#isClientsTurn()))
      this.#fail(upstreamTimeout(origin, timeoutMs))
  }
}

const SMALL_BODY_BYTES = 64 * 1024
