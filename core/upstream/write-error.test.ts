import { createServer } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { ControlError } from '../errors.ts'
import { createCleanup, listen, read } from './testing/rig.ts'
import { errorEvent, isOpenAiPath, writeError } from './write-error.ts'

const open = createCleanup()
afterEach(open.run)

const busy = new ControlError('LEASE_HELD', 'Alice holds gpu:spark-1.', {
  hint: 'Wait until 12:00.',
  retryAfterS: 12.2,
  holder: { owner: 'Alice' },
  details: [{ path: 'service', message: 'is taken' }],
})

/** A server that answers every path with one error. */
const start = async (thrown: unknown, answerHeaders?: Record<string, string>) => {
  const server = createServer((req, res) => writeError(req, res, thrown, answerHeaders))
  const { origin } = open.add(await listen(server))
  return async (path: string) => {
    const { status, headers, body } = await read(`${origin}${path}`)
    return { status, headers, value: JSON.parse(body.toString()) }
  }
}

describe('an error', () => {
  it('has our shape, with request id, Retry-After and holder', async () => {
    const call = await start(busy, { 'x-request-id': 'r1' })
    const { status, headers, value } = await call('/api/x')
    expect(status).toBe(423)
    expect(headers.get('retry-after')).toBe('13')
    expect(headers.get('x-request-id')).toBe('r1')
    expect(value).toEqual({
      error: {
        code: 'LEASE_HELD',
        message: 'Alice holds gpu:spark-1.',
        hint: 'Wait until 12:00.',
        details: [{ path: 'service', message: 'is taken' }],
        request_id: 'r1',
        retry_after_s: 12.2,
        holder: { owner: 'Alice' },
      },
    })
  })

  it("has OpenAI's shape under /v1, the hint in its message", async () => {
    const call = await start(busy, { 'x-request-id': 'r1' })
    const { headers, value } = await call('/v1/chat/completions')
    expect(headers.get('x-request-id')).toBe('r1')
    expect(value).toEqual({
      error: {
        message: 'Alice holds gpu:spark-1. Wait until 12:00.',
        type: 'invalid_request_error',
        param: 'service',
        code: 'lease_held',
      },
    })
  })

  it.each([
    [401, 'authentication_error'],
    [403, 'permission_error'],
    [404, 'invalid_request_error'],
    [429, 'rate_limit_error'],
    [503, 'server_error'],
  ])('of status %i is a %s for OpenAI clients', async (status, type) => {
    const call = await start(new ControlError('X', 'x.', { status }))
    const answer = await call('/v1/x')
    expect([answer.status, answer.value.error.type]).toEqual([status, type])
  })

  it('keeps nothing that was said of another body', async () => {
    const server = createServer((req, res) => {
      for (const name of ['content-encoding', 'etag', 'last-modified', 'content-disposition'])
        res.setHeader(name, 'gzip')
      writeError(req, res, busy)
    })
    const { origin } = open.add(await listen(server))
    const { headers, body } = await read(origin)
    expect(JSON.parse(body.toString()).error.code).toBe('LEASE_HELD')
    expect([headers.get('content-encoding'), headers.get('etag')]).toEqual([null, null])
  })

  it('that nobody foresaw is INTERNAL', async () => {
    const call = await start(new TypeError('x is not a function'))
    const { status, value } = await call('/api/x')
    expect([status, value.error.code]).toEqual([500, 'INTERNAL'])
  })
})

it.each([
  ['/v1', true],
  ['/v1/models', true],
  ['/v1?x', true],
  ['/v10', false],
  ['/api/v1', false],
  ['/', false],
])('%s is a path of OpenAI: %s', (path, expected) => {
  expect(isOpenAiPath(path)).toBe(expected)
})

it('as an event is one event, whatever its message holds', () => {
  const text = errorEvent('/v1/x', new ControlError('X', 'two\n\nlines', { status: 502 }), 'r')
  expect(text.split('\n')).toHaveLength(4)
  expect(JSON.parse(text.split('\n')[1]?.slice('data: '.length) ?? '').error.message).toBe(
    'two\n\nlines',
  )
})
