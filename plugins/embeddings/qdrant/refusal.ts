import { ControlError, type Reply } from '#core'
import { embeddingsError } from '../errors.ts'
import { wantsKey } from '../servers/ask.ts'

/**
 * What Qdrant refuses, in our words; undefined for an answer that is none. Statuses after its
 * src/actix/helpers.rs (1.19): errors are `{status: {error}}`, those of the key are plain text.
 */
export function refusalOf(origin: string, reply: Reply): ControlError | undefined {
  const { status } = reply
  if (status < 400) return undefined
  const words = wordsOf(reply)
  const said = words ? `Qdrant says: ${words}` : `Qdrant answered ${status}.`
  switch (status) {
    case 401:
    case 403:
      return wantsKey(origin, status)
    case 404:
      return embeddingsError('COLLECTION_UNKNOWN', said, {
        hint: 'GET /api/collections lists them.',
      })
    case 409:
      return embeddingsError('COLLECTION_EXISTS', said, { hint: 'Use it, or delete it first.' })
    case 400:
    case 413:
    case 422:
      return isMisfit(words) ? misfit(said) : embeddingsError('VECTOR_STORE_REFUSED', said)
    case 408:
      return new ControlError('UPSTREAM_TIMEOUT', said, { hint: 'Ask for less at a time.' })
    case 429:
      return embeddingsError('VECTOR_STORE_BUSY', said, { retryAfterS: retryAfterOf(reply) })
    case 503:
      return new ControlError('OVERLOADED', said, { retryAfterS: retryAfterOf(reply) })
    case 507:
      return embeddingsError('VECTOR_STORE_FULL', said, {
        hint: 'Make room on the disk Qdrant keeps its collections on.',
      })
    default:
      return new ControlError('UPSTREAM_FAILED', said, { hint: "Qdrant's log says why." })
  }
}

/** Qdrant's own wording for vectors of another size or name than the collection's. */
const isMisfit = (words: string): boolean =>
  /vector dimension error|not existing vector name/i.test(words)

const misfit = (said: string): ControlError =>
  embeddingsError('VECTORS_MISFIT', said, {
    hint: 'The collection was made for another embedding model: make a new one and load it anew.',
  })

/** The sentence of an error, or the begin of whatever stands there instead. */
function wordsOf({ body }: Reply): string {
  const text = body.toString('utf8', 0, 4_000)
  try {
    const { status } = JSON.parse(text) as { status?: { error?: unknown } }
    if (typeof status?.error === 'string') return status.error.slice(0, 500)
  } catch {
    // errors of the key, and of whatever stands before Qdrant, are plain text
  }
  return text.trim().slice(0, 200)
}

function retryAfterOf({ headers }: Reply): number {
  const seconds = Number(headers['retry-after'])
  return Number.isFinite(seconds) ? Math.min(600, Math.max(1, seconds)) : 5
}
