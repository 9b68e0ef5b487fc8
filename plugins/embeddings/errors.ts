import { ControlError, type ErrorOptions } from '#core'

/** Error codes of this kind with their HTTP status; README.md has a line for each. */
export const EMBEDDINGS_CODES = {
  EMBEDDINGS_SERVER_UNKNOWN: 502,
  EMBEDDINGS_SERVER_CHANGED: 502,
  EMBEDDINGS_NOT_GIVEN: 502,
  UPSTREAM_KEY_REFUSED: 502,
  RERANKER_MISSING: 404,
  COLLECTION_UNKNOWN: 404,
  COLLECTION_EXISTS: 409,
  VECTORS_MISFIT: 409,
  SPARSE_MISSING: 409,
  VECTOR_STORE_MISSING: 409,
  VECTOR_STORE_REFUSED: 422,
  VECTOR_STORE_BUSY: 429,
  VECTOR_STORE_FULL: 507,
  DOCUMENTS_REFUSED: 422,
  DOCUMENTS_GONE: 409,
  CONFIRM_MISSING: 428,
} as const

/** An error with one of these codes. */
export const embeddingsError = (
  code: keyof typeof EMBEDDINGS_CODES,
  message: string,
  options: Omit<ErrorOptions, 'status'> = {},
): ControlError => new ControlError(code, message, { ...options, status: EMBEDDINGS_CODES[code] })
