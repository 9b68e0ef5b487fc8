import type { IncomingMessage, ServerResponse } from 'node:http'
import { ControlError } from '../errors.ts'
import { Pieces } from '../pieces.ts'
import { sendContinue } from './continue.ts'
import { FormPeek } from './multipart-model.ts'
import { readTopLevel } from './top-level.ts'
import { declaredBytes, readBody, tooLarge } from './upload.ts'

/** Largest JSON body that is read to find its model. */
export const MAX_JSON_BYTES = 32 * 1024 * 1024

export interface Peeked {
  model: string | null
  /** Whether the caller asks for a stream of events. */
  isStream?: boolean
  /** The original bytes, if the body was read; else the request can still be streamed. */
  body?: Buffer
}

/**
 * Finds out which model a request asks for. JSON is read once; multipart is read up to its `model`
 * part and the bytes put back; neither is copied or rewritten. Rejects with PAYLOAD_TOO_LARGE or
 * BAD_REQUEST; undefined when the client left meanwhile.
 */
export async function peekModel(
  req: IncomingMessage,
  res: ServerResponse,
  { candidates, maxBytes = MAX_JSON_BYTES }: { candidates: number; maxBytes?: number },
): Promise<Peeked | undefined> {
  const named = modelInQuery(req.url ?? '')
  const type = req.headers['content-type'] ?? ''
  if (declaredBytes(req) === 0) return { model: named }
  if (MULTIPART.test(type)) {
    // With one candidate there is nothing to choose.
    if (candidates < 2) return { model: named }
    sendContinue(req, res)
    const peeked = await peekMultipart(req, res, type)
    return peeked && { ...peeked, model: peeked.model ?? named }
  }
  if (!isReadable(req, type)) return { model: named }
  const body = await readWhole(req, res, Math.min(maxBytes, MAX_JSON_BYTES))
  if (!body) return undefined
  const asked = body.byteLength > MAX_PARSED_BYTES ? readLarge(body, type) : readJson(body, type)
  const model = asked?.model
  return {
    model: typeof model === 'string' && model !== '' ? model : named,
    isStream: asked?.stream === true,
    body,
  }
}

const MULTIPART = /^multipart\/form-data\b/i
const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json\b/i

/** Audio and compressed bodies go through unread; a type left out is curl -d, and is JSON here. */
const isReadable = (req: IncomingMessage, type: string): boolean =>
  req.headers['content-encoding'] === undefined &&
  (type === '' || JSON_TYPE.test(type) || type.startsWith('application/x-www-form-urlencoded'))

/** Larger bodies are not parsed here: it could take seconds. */
const MAX_PARSED_BYTES = 256 * 1024

function readLarge(body: Buffer, type: string): { model?: unknown; stream?: unknown } | null {
  const found = readTopLevel(body, ['model', 'stream'])
  if (found) return Object.fromEntries(found)
  if (!JSON_TYPE.test(type)) return null
  throw new ControlError('BAD_REQUEST', 'The body is not JSON: its brackets do not match.')
}

function readJson(body: Buffer, type: string): { model?: unknown; stream?: unknown } | null {
  try {
    return JSON.parse(body.toString())
  } catch (cause) {
    if (!JSON_TYPE.test(type)) return null
    // V8 quotes the body in its message, which is nobody's business but the caller's
    const [, place] = /at (position \d+)/.exec(cause instanceof Error ? cause.message : '') ?? []
    throw new ControlError('BAD_REQUEST', `The body is not JSON: ${place ?? 'it ends too early'}.`)
  }
}

function modelInQuery(url: string): string | null {
  const at = url.indexOf('?')
  return at === -1 ? null : new URLSearchParams(url.slice(at + 1)).get('model') || null
}

function readWhole(
  req: IncomingMessage,
  res: ServerResponse,
  maxBytes: number,
): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    if ((declaredBytes(req) ?? 0) > maxBytes) {
      reject(tooLarge(maxBytes))
      return
    }
    sendContinue(req, res)
    const left = (): void => resolve(undefined)
    res.once('close', left)
    readBody(req, maxBytes, (error, body) => {
      res.off('close', left)
      if (error) reject(error)
      else resolve(body)
    })
  })
}

/** The model of a form; null if it cannot be told; undefined if the client left. */
function peekMultipart(
  req: IncomingMessage,
  res: ServerResponse,
  type: string,
): Promise<Peeked | undefined> {
  return new Promise((resolve) => {
    const seen = new Pieces()
    const form = new FormPeek(type)
    const settle = (peeked: Peeked | undefined): void => {
      req.off('data', take).off('end', ended)
      res.off('close', left)
      resolve(peeked)
    }
    const take = (chunk: Buffer): void => {
      seen.add(chunk)
      const found = form.take(chunk)
      if (found === 'more') return
      // Paused before the end is told, so that the bytes can go back to where they came from.
      req.pause()
      req.unshift(seen.whole())
      settle(found)
    }
    // A form without an end: whole in memory, and for the server to refuse.
    const ended = (): void => settle({ model: null, body: seen.whole() })
    const left = (): void => settle(undefined)
    req.on('data', take).on('end', ended)
    res.once('close', left)
    req.resume()
  })
}
