import { describe, expect, it } from 'vitest'
import type { Reply } from '#core'
import { refusalOf } from './refusal.ts'

const reply = (status: number, body: string, headers: Record<string, string> = {}): Reply => ({
  ...{ status, headers, body: Buffer.from(body), json: () => JSON.parse(body) },
})
const error = (words: string) =>
  JSON.stringify({ status: { error: words }, time: 0.001, result: null })
const ORIGIN = 'http://192.168.1.20:6333'

describe("Qdrant's refusal", () => {
  it.each([
    [401, 'Invalid API key or JWT', 'UPSTREAM_KEY_REFUSED', 502],
    [403, 'Forbidden', 'UPSTREAM_KEY_REFUSED', 502],
    [404, error("Not found: Collection `x` doesn't exist!"), 'COLLECTION_UNKNOWN', 404],
    [409, error('Wrong input: Collection `x` already exists!'), 'COLLECTION_EXISTS', 409],
    [
      400,
      error('Wrong input: Vector dimension error: expected dim: 3, got 2'),
      'VECTORS_MISFIT',
      409,
    ],
    [400, error('Wrong input: Not existing vector name error: dense'), 'VECTORS_MISFIT', 409],
    [400, error('Format error in JSON body: eof'), 'VECTOR_STORE_REFUSED', 422],
    [413, error('JSON payload is larger than allowed'), 'VECTOR_STORE_REFUSED', 422],
    [422, error('Validation error in JSON body: [limit: 0]'), 'VECTOR_STORE_REFUSED', 422],
    [408, error('Timeout: took too long'), 'UPSTREAM_TIMEOUT', 504],
    [429, error('Rate limiting exceeded: try again'), 'VECTOR_STORE_BUSY', 429],
    [503, error('Shard temporarily unavailable'), 'OVERLOADED', 503],
    [507, error('Insufficient storage: disk'), 'VECTOR_STORE_FULL', 507],
    [500, error('Service internal error: panic'), 'UPSTREAM_FAILED', 502],
    [502, '<html>Bad Gateway</html>', 'UPSTREAM_FAILED', 502],
  ])('%i %s is our %s', (status, body, code, ours) => {
    const refusal = refusalOf(ORIGIN, reply(status, body))
    expect(refusal).toMatchObject({ code, status: ours })
    const words = /"error":"([^"]+)"/.exec(body)?.[1]
    if (words) expect(refusal?.message).toContain(words)
  })

  it.each([
    ['2', 2],
    ['0', 1],
    ['86400', 600],
    ['Wed, 21 Oct 2026 07:28:00 GMT', 5],
  ])('with Retry-After %s asks to wait %i s', (given, seconds) => {
    const busy = refusalOf(ORIGIN, reply(429, error('busy'), { 'retry-after': given }))
    expect(busy?.retryAfterS).toBe(seconds)
  })

  it('tells no more of an odd answer than its beginning', () => {
    const refusal = refusalOf(ORIGIN, reply(500, 'x'.repeat(5_000)))
    expect(refusal?.message.length).toBeLessThan(260)
  })

  it.each([200, 202])('is none with %i', (status) => {
    expect(refusalOf(ORIGIN, reply(status, '{}'))).toBeUndefined()
  })
})
