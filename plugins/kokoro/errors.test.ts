import { describe, expect, it } from 'vitest'
import { readServerError } from './errors.ts'

describe('what a speech server says went wrong', () => {
  const object = (error: string, message: string, type = 'invalid_request_error') =>
    JSON.stringify({ detail: { error, message, type } })

  it.each([
    [400, object('invalid_model', 'Unsupported model: x'), 'INVALID_MODEL', 400],
    [400, object('validation_error', 'Voice not found'), 'VALIDATION_ERROR', 400],
    [403, object('permission_denied', 'disabled', 'permission_error'), 'PERMISSION_DENIED', 403],
    [404, object('not_found', 'File not found'), 'NOT_FOUND', 404],
    [500, object('processing_error', 'CUDA error', 'server_error'), 'PROCESSING_ERROR', 502],
    [403, '{"detail":{"error":"Unload endpoint is disabled"}}', 'UPSTREAM_FAILED', 403],
    [404, '{"detail":"Not Found"}', 'NOT_FOUND', 404],
    [503, '{"detail":"warming up"}', 'OVERLOADED', 503],
    [429, '', 'OVERLOADED', 429],
    [401, '{"detail":"Unauthorized"}', 'UPSTREAM_FAILED', 502],
    [400, '{"error":{"message":"as OpenAI","code":"x_y"}}', 'X_Y', 400],
    [502, '<html>Bad Gateway</html>', 'UPSTREAM_FAILED', 502],
    [500, '', 'UPSTREAM_FAILED', 502],
    [500, 'null', 'UPSTREAM_FAILED', 502],
  ])('%i %s is %s with %i', (status, text, code, ours) => {
    const error = readServerError(status, text)
    expect([error.code, error.status]).toEqual([code, ours])
    expect(error.message).not.toBe('')
  })

  it('names every field that does not fit', () => {
    const detail = [
      { type: 'missing', loc: ['body', 'input'], msg: 'Field required', input: {} },
      { type: 'x', loc: ['body', 'voice_aliases', 'A', 'rate'], msg: 'too\nfast', input: 9 },
    ]
    expect(readServerError(422, JSON.stringify({ detail }))).toMatchObject({
      code: 'VALIDATION',
      status: 400,
      message: 'input: Field required (and 1 more)',
      details: [
        { path: 'input', message: 'Field required' },
        { path: 'voice_aliases.A.rate', message: 'too fast' },
      ],
    })
  })

  it('leaves the list of all voices out, and keeps a message short', () => {
    const message = `Voice 'x' not found. Available voices: ${'af_a, '.repeat(500)}`
    expect(readServerError(400, object('validation_error', message)).message).toBe(
      "Voice 'x' not found.",
    )
    expect(readServerError(500, 'x'.repeat(9_000)).message).toHaveLength(500)
  })

  it('comes through nothing but blanks', () => {
    const blanks = `x${' '.repeat(200_000)}y`
    expect(readServerError(400, object('validation_error', blanks)).message).toBe('x y')
  })

  it('takes no code that is none', () => {
    expect(readServerError(400, object('Some words!', 'text')).code).toBe('VALIDATION')
  })
})
