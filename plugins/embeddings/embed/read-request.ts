import { ControlError, Nullable, Type, Value } from '#core'
import type { Input } from './dense.ts'

/** OpenAI's own limit of texts in one request. */
const MOST_INPUTS = 2048

const Body = Type.Object({
  model: Type.Optional(Nullable(Type.String())),
  encoding_format: Type.Optional(
    Type.Union([Type.Literal('float'), Type.Literal('base64'), Type.Null()]),
  ),
  dimensions: Type.Optional(Nullable(Type.Integer({ minimum: 1, maximum: 65_536 }))),
})

/** A request for embeddings that was checked. */
export interface EmbeddingsRequest {
  inputs: readonly Input[]
  /** base64 instead of numbers. */
  isPacked: boolean
  dimensions?: number
  model?: string
  /** All its keys, as they came. */
  body: Record<string, unknown>
}

/** Reads the body of POST /v1/embeddings. Throws BAD_REQUEST or VALIDATION. */
export function readEmbeddingsRequest(bytes: Buffer): EmbeddingsRequest {
  const body = parseObject(bytes)
  for (const { path, message } of Value.Errors(Body, body))
    throw invalid(path.slice(1), expected(path.slice(1)) ?? message)
  const { model, encoding_format, dimensions } = body as typeof Body.static
  return {
    inputs: readInputs(body.input),
    isPacked: encoding_format === 'base64',
    ...(dimensions && { dimensions }),
    ...(model && { model }),
    body,
  }
}

/** A JSON object. Throws BAD_REQUEST. */
export function parseObject(bytes: Buffer): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(bytes.toString())
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.slice(0, 120) : ''
    throw new ControlError('BAD_REQUEST', `The body is not JSON: ${why}.`, { cause })
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>
  throw new ControlError('BAD_REQUEST', 'The body is not a JSON object.')
}

/** VALIDATION of one key, with what is expected of it. */
export const invalid = (path: string, message: string): ControlError =>
  new ControlError('VALIDATION', `"${path}" ${message}.`, { details: [{ path, message }] })

const expected = (path: string): string | undefined =>
  ({
    model: 'must be the name of a model',
    encoding_format: 'must be "float" or "base64"',
    dimensions: 'must be a whole number from 1 on',
  })[path]

function readInputs(input: unknown): Input[] {
  if (input === undefined) throw invalid('input', 'is missing: a text or a list of texts')
  if (typeof input === 'string') return [text(input, 'input')]
  if (!Array.isArray(input)) throw invalid('input', 'must be a text or a list of texts')
  if (input.length === 0) throw invalid('input', 'must hold at least one text')
  if (isTokens(input)) return [input]
  if (input.length > MOST_INPUTS)
    throw invalid('input', `holds ${input.length} texts; at most ${MOST_INPUTS} are taken at once`)
  return input.map((each, at) => {
    if (typeof each === 'string') return text(each, `input.${at}`)
    if (Array.isArray(each) && each.length > 0 && isTokens(each)) return each
    throw invalid(`input.${at}`, 'must be a text, or the numbers of its tokens')
  })
}

function text(value: string, path: string): string {
  if (value === '') throw invalid(path, 'must not be empty')
  return value
}

const isTokens = (list: unknown[]): list is number[] =>
  list.every((token) => Number.isInteger(token) && (token as number) >= 0)
