import { ControlError, type ErrorOptions, type Reply } from '#core'

/** Error codes of the vector store with their HTTP status; README.md has a line for each. */
export const STORE_CODES = {
  COLLECTION_UNKNOWN: 404,
  COLLECTION_EXISTS: 409,
  VECTORS_MISFIT: 409,
  SPARSE_MISSING: 409,
  VECTOR_STORE_MISSING: 409,
  CONFIRM_MISSING: 428,
  VECTOR_STORE_REFUSED: 422,
  VECTOR_STORE_BUSY: 429,
  VECTOR_STORE_LOCKED: 502,
  VECTOR_STORE_FULL: 507,
} as const satisfies Record<string, number>

/** An error of the vector store: a code of the table above, the thing and its value, the way out. */
export const storeError = (
  code: keyof typeof STORE_CODES,
  message: string,
  options: ErrorOptions = {},
): ControlError => new ControlError(code, message, { status: STORE_CODES[code], ...options })

/**
 * What Qdrant refuses, in our words; undefined for an answer that is none. Statuses after its
 * src/actix/helpers.rs (1.19): errors are `{status: {error}}`, those of the key are plain text.
 */
export function refusalOf(reply: Reply): ControlError | undefined {
  const { status } = reply
  if (status < 400) return undefined
  const words = wordsOf(reply)
  const said = words ? `Qdrant says: ${words}` : `Qdrant answered ${status}.`
  switch (status) {
    case 401:
    case 403:
      return storeError('VECTOR_STORE_LOCKED', `Qdrant does not accept the key (${status}).`, {
        hint: 'Set qdrant.api_key of the service to a key that may read and write.',
      })
    case 404:
      return storeError('COLLECTION_UNKNOWN', said, { hint: 'GET /api/collections lists them.' })
    case 409:
      return storeError('COLLECTION_EXISTS', said, { hint: 'Use it, or delete it first.' })
    case 400:
    case 413:
    case 422:
      return isMisfit(words) ? misfit(said) : storeError('VECTOR_STORE_REFUSED', said)
    case 408:
      return new ControlError('UPSTREAM_TIMEOUT', said, { hint: 'Ask for less at a time.' })
    case 429:
      return storeError('VECTOR_STORE_BUSY', said, { retryAfterS: retryAfterOf(reply) })
    case 503:
      return new ControlError('OVERLOADED', said, { retryAfterS: retryAfterOf(reply) })
    case 507:
      return storeError('VECTOR_STORE_FULL', said, {
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
  storeError('VECTORS_MISFIT', said, {
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
