import { ControlError, gather, type StreamReply, type Upstream } from '#core'
import { embeddingsError } from '../errors.ts'
import { overloaded, wantsKey } from './ask.ts'
import type { Server } from './found.ts'

/** Vectors of 2 048 texts as numbers are some 45 MB; more than this is a fault. */
const ANSWER_BYTES = 256 * 1024 * 1024
const REFUSAL_BYTES = 64 * 1024

/**
 * Posts JSON to a server and reads its answer. Rejects as `postTo` does, with UPSTREAM_FAILED where it
 * answers no JSON.
 */
export async function callServer(
  { upstream }: Server,
  path: string,
  body: unknown,
  signal: AbortSignal,
): Promise<unknown> {
  const reply = await postTo(upstream, path, JSON.stringify(body), signal)
  const bytes = await readAll(reply.body, ANSWER_BYTES, upstream.origin)
  try {
    return JSON.parse(bytes.toString())
  } catch (cause) {
    throw new ControlError('UPSTREAM_FAILED', `${upstream.origin} answers no JSON.`, {
      hint: 'Look what runs at that port.',
      cause,
    })
  }
}

/**
 * Posts JSON to a server; its answer comes unread. Rejects as `stream` does, with PAYLOAD_TOO_LARGE,
 * VALIDATION or OVERLOADED where the server refuses, with EMBEDDINGS_SERVER_CHANGED where it has no
 * such path.
 */
export async function postTo(
  upstream: Upstream,
  path: string,
  body: Uint8Array | string,
  signal: AbortSignal,
): Promise<StreamReply> {
  const headers = { 'content-type': 'application/json' }
  const reply = await upstream.stream(path, { headers, body, signal })
  if (reply.status < 300) return reply
  throw refusalOf(upstream.origin, {
    ...reply,
    text: (await readAll(reply.body, REFUSAL_BYTES, upstream.origin)).toString(),
  })
}

/** All bytes of an answer. Throws UPSTREAM_FAILED over `maxBytes`. */
const readAll = (body: AsyncIterable<Buffer>, maxBytes: number, origin: string): Promise<Buffer> =>
  gather(
    body,
    maxBytes,
    () => new ControlError('UPSTREAM_FAILED', `${origin} answers more than ${maxBytes} bytes.`),
  )

interface Refusal {
  status: number
  headers: Record<string, string>
  text: string
}

/** What a server's refusal means in our words. */
function refusalOf(origin: string, reply: Refusal): ControlError {
  const { status } = reply
  if (status === 401 || status === 403) return wantsKey(origin, status)
  // TEI: more texts than it takes at once, or a text longer than its model's
  if (status === 413) return new ControlError('PAYLOAD_TOO_LARGE', said(reply, 'It is too much.'))
  if (status === 400 || status === 422) {
    const message = said(reply, 'The server cannot take this.')
    return new ControlError('VALIDATION', message, { details: [{ path: 'input', message }] })
  }
  if (status === 404 || status === 405) {
    return embeddingsError(
      'EMBEDDINGS_SERVER_CHANGED',
      said(reply, `${origin} does not take this (${status}).`),
      { hint: 'Look what runs at that port.' },
    )
  }
  if (status === 429 || status === 503) return overloaded(origin, reply)
  return new ControlError('UPSTREAM_FAILED', said(reply, `${origin} answers ${status}.`), {
    hint: "The server's log says why.",
  })
}

const MOST_CHARS = 600

/** The sentence in a server's error: of TEI, of OpenAI's shape, of FastAPI, or its plain text. */
function said({ text }: Refusal, fallback: string): string {
  return (sentenceIn(parse(text)) || text.trim() || fallback).slice(0, MOST_CHARS)
}

function sentenceIn(value: unknown): string {
  if (typeof value === 'string') return value
  if (Array.isArray(value)) return value.map(sentenceIn).filter(Boolean).join('; ')
  if (typeof value !== 'object' || value === null) return ''
  const { error, message, detail, msg } = value as Record<string, unknown>
  return sentenceIn(message ?? error ?? detail ?? msg)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null // not JSON, so it is told as it stands
  }
}
