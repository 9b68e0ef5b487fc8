import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { ControlError } from '../errors.ts'
import { Pieces } from '../pieces.ts'
import { sendContinue } from './continue.ts'

/** The size the client declared in bytes, or undefined when it sends chunks. */
export function declaredBytes(req: IncomingMessage): number | undefined {
  const length = req.headers['content-length']
  if (length === undefined) return req.headers['transfer-encoding'] === undefined ? 0 : undefined
  return Number(length)
}

/** PAYLOAD_TOO_LARGE with the limit in words. */
export const tooLarge = (maxBytes: number): ControlError =>
  new ControlError('PAYLOAD_TOO_LARGE', `The body is larger than ${size(maxBytes)}.`, {
    hint: 'Send less at a time.',
  })

const size = (bytes: number): string => {
  if (bytes % 2 ** 20 === 0) return `${bytes / 2 ** 20} MiB`
  return bytes % 1024 === 0 ? `${bytes / 1024} KiB` : `${bytes} bytes`
}

/**
 * Reads a body to its end. `done` gets the bytes, or PAYLOAD_TOO_LARGE; it is not called when the
 * client leaves before the end (the answer's `close` tells that).
 */
export function readBody(
  req: IncomingMessage,
  maxBytes: number,
  done: (error: ControlError | null, body: Buffer) => void,
): void {
  const pieces = new Pieces()
  const onData = (chunk: Buffer): void => {
    pieces.add(chunk)
    if (pieces.sizeBytes <= maxBytes) return
    req.off('data', onData).off('end', onEnd)
    done(tooLarge(maxBytes), EMPTY)
  }
  const onEnd = (): void => {
    req.off('data', onData).off('end', onEnd)
    done(null, pieces.whole())
  }
  req.on('data', onData).on('end', onEnd)
  req.resume()
}

/**
 * A request's body on its way up, with back-pressure and a limit. Destroying it leaves the request
 * itself whole, so that an answer can still be given.
 */
export class UploadStream extends Readable {
  readonly #req: IncomingMessage
  readonly #maxBytes: number
  readonly #onTooLarge: () => void
  #sizeBytes = 0

  constructor(req: IncomingMessage, maxBytes: number, onTooLarge: () => void) {
    super({ highWaterMark: 64 * 1024 })
    this.#req = req
    this.#maxBytes = maxBytes
    this.#onTooLarge = onTooLarge
    req.on('data', this.#take).on('end', this.#end)
    req.pause()
    // undici destroys what it sends with an error of its own; the answer's side reports it.
    this.on('error', () => {})
  }

  /** Whether nothing of the request was read yet. */
  get isUntouched(): boolean {
    return this.#sizeBytes === 0
  }

  override _read(): void {
    this.#req.resume()
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#req.off('data', this.#take).off('end', this.#end)
    this.#req.pause()
    callback(error)
  }

  #take = (chunk: Buffer): void => {
    this.#sizeBytes += chunk.byteLength
    if (this.#sizeBytes > this.#maxBytes) this.#onTooLarge()
    else if (!this.push(chunk)) this.#req.pause()
  }

  #end = (): void => {
    this.push(null)
  }
}

/**
 * A request's body for a handler; only now is the client asked to send it. Ends in PAYLOAD_TOO_LARGE,
 * or in the signal's reason when the client leaves before its end.
 */
export function openUpload(
  req: IncomingMessage,
  res: ServerResponse,
  maxBytes: number,
  signal: AbortSignal,
): Readable {
  const stream = new UploadStream(req, maxBytes, () => stream.destroy(tooLarge(maxBytes)))
  if (signal.aborted) stream.destroy(signal.reason)
  signal.addEventListener('abort', () => stream.destroy(signal.reason), { once: true })
  sendContinue(req, res)
  return stream
}

const EMPTY = Buffer.alloc(0)
