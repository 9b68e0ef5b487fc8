/** What the simulated Qdrant refuses, with the status and the words of the real one (1.19). */
export class QdrantError extends Error {
  readonly status: number
  readonly retryAfterS?: number

  constructor(status: number, message: string, retryAfterS?: number) {
    super(message)
    this.status = status
    if (retryAfterS !== undefined) this.retryAfterS = retryAfterS
  }
}

/** A body that is no JSON or has keys or values of another kind. */
export const malformed = (why: string): QdrantError =>
  new QdrantError(400, `Format error in JSON body: ${why}`)

/** A value out of its bounds. */
export const invalid = (why: string): QdrantError =>
  new QdrantError(422, `Validation error in JSON body: [${why}]`)

export const wrongInput = (why: string): QdrantError => new QdrantError(400, `Wrong input: ${why}`)

export const noCollection = (name: string): QdrantError =>
  new QdrantError(404, `Not found: Collection \`${name}\` doesn't exist!`)

export const collectionExists = (name: string): QdrantError =>
  new QdrantError(409, `Wrong input: Collection \`${name}\` already exists!`)

/** A part of a body as an object. */
export function objectOf(value: unknown, what: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>
  throw malformed(`invalid type: expected ${what}`)
}

/** A part of a body as a list. */
export function listOf(value: unknown, what: string): unknown[] {
  if (Array.isArray(value)) return value
  throw malformed(`invalid type: expected ${what}`)
}

/** A whole number of at least `least`; `fallback` where it is absent. */
export function countOf(value: unknown, what: string, least: number, fallback: number): number {
  if (value === undefined || value === null) return fallback
  if (!Number.isInteger(value) || (value as number) < 0)
    throw malformed(`${what}: invalid value, expected usize`)
  if ((value as number) < least)
    throw invalid(`${what}: value ${value} invalid, must be ${least} or larger`)
  return value as number
}
