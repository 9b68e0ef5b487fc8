import { ControlError, type Reply } from '#core'
import { embeddingsError } from '../errors.ts'
import { overloaded, wantsKey } from './ask.ts'
import type { Server } from './found.ts'

/** An answer of a model may take long on a busy GPU; the caller's own signal ends it sooner. */
const ANSWER_TIMEOUT_MS = 10 * 60_000
const ANSWER_BYTES = 256 * 1024 * 1024

/**
 * Posts JSON to a server. Rejects as `request` does, with PAYLOAD_TOO_LARGE, VALIDATION or OVERLOADED
 * where the server refuses, with EMBEDDINGS_SERVER_CHANGED where it has no such path.
 */
export async function callServer(
  { upstream }: Server,
  path: string,
  body: unknown,
  signal: AbortSignal,
): Promise<unknown> {
  const reply = await upstream.request(path, {
    ...{ method: 'POST', body, signal },
    timeoutMs: ANSWER_TIMEOUT_MS,
    maxBytes: ANSWER_BYTES,
  })
  const refusal = refusalOf(upstream.origin, reply)
  if (refusal) throw refusal
  return reply.json()
}

/** What a server's refusal means in our words; undefined where it answered. */
export function refusalOf(origin: string, reply: Reply): ControlError | undefined {
  const { status } = reply
  if (status < 300) return undefined
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
function said(reply: Reply, fallback: string): string {
  const text = reply.body.toString('utf8', 0, 20_000)
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
