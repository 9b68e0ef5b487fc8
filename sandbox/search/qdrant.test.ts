import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type QdrantFault, type SimulatedQdrant, startQdrant } from './qdrant.ts'
import { askQdrant, fillQdrant } from './testing/ask-qdrant.ts'

let qdrant: SimulatedQdrant
let fault: QdrantFault | undefined
const asked: string[] = []

beforeAll(async () => {
  qdrant = await startQdrant({
    ...{ apiKey: 'k', fault: () => fault },
    record: (line) => void asked.push(line),
  })
  await fillQdrant(qdrant.port)
})
afterAll(() => qdrant.close())

const call = (line: string, body?: unknown, headers?: object) =>
  askQdrant(qdrant.port, line, body, headers)
const DENSE = { query: [0.4, -0.2, 0.7], using: 'dense', limit: 4 }

describe('the simulated Qdrant', () => {
  it.each([
    ['GET /collections/none', undefined, 404, "Not found: Collection `none` doesn't exist!"],
    ['PUT /collections/t', { vectors: {} }, 409, 'Wrong input: Collection `t` already exists!'],
    ['PUT /collections/a%3Fb', {}, 422, 'Validation error in path parameters'],
    ['PUT /collections/t/points?wait=true', '{', 400, 'Format error in JSON body'],
    [
      'PUT /collections/t/points?wait=true',
      { points: [{ id: 'a', vector: {} }] },
      400,
      'is not a valid point ID',
    ],
    [
      'PUT /collections/t/points?wait=true',
      { points: [{ id: 1, vector: { dense: [1] } }] },
      400,
      'Vector dimension error: expected dim: 3, got 1',
    ],
    [
      'PUT /collections/t/points?wait=true',
      { points: [{ id: 1, vector: { other: [1] } }] },
      400,
      'Not existing vector name error: other',
    ],
    [
      'PUT /collections/t/points?wait=true',
      { points: [{ id: 1, vector: { sparse: { indices: [1, 1], values: [1, 1] } } }] },
      422,
      'must be unique',
    ],
    ['POST /collections/t/points/query', { ...DENSE, limit: 0 }, 422, 'must be 1 or larger'],
    [
      'POST /collections/t/points/query',
      { query: { fusion: 'rrf' } },
      400,
      'Fusion is not supported without prefetch',
    ],
    ['POST /collections/t/points/count', { filter: { mustt: [] } }, 400, 'unknown field `mustt`'],
  ])('refuses %s %j', async (line, body, status, words) => {
    const reply = await call(line, body)
    expect([reply.status, reply.body.status.error]).toEqual([
      status,
      expect.stringContaining(words),
    ])
    expect(reply.body.result).toBeNull()
  })

  it('wants its key for all but its health, and says so in plain text', async () => {
    for (const headers of [{}, { 'api-key': 'no' }]) {
      const { status, text, headers: sent } = await call('GET /collections', undefined, headers)
      expect([status, sent.get('content-type')]).toEqual([
        401,
        expect.stringContaining('text/plain'),
      ])
      expect(text).toMatch(/API key/)
    }
    expect((await call('GET /readyz', undefined, {})).status).toBe(200)
    expect((await call('GET /', undefined, {})).body.version).toBe('1.19.0')
    expect((await call('GET /collections', undefined, { authorization: 'Bearer k' })).status).toBe(
      200,
    )
  })

  it('is busy, full or broken on request', async () => {
    fault = 'busy'
    const busy = await call('GET /collections/t')
    expect([busy.status, busy.headers.get('retry-after')]).toEqual([429, '2'])
    fault = 'full'
    expect((await call('GET /collections/t')).status).toBe(507)
    fault = 'error'
    expect((await call('GET /collections/t')).status).toBe(503)
    fault = undefined
  })

  it('answers a write nobody waits for with 202', async () => {
    const reply = await call('PUT /collections/t/index', {
      field_name: 'city',
      field_schema: 'keyword',
    })
    expect([reply.status, reply.body]).toEqual([
      202,
      expect.objectContaining({ status: 'accepted' }),
    ])
    const info = (await call('GET /collections/t')).body.result
    expect(info.payload_schema).toEqual({ city: { data_type: 'keyword', points: 6 } })
    expect(info.config.params).toMatchObject({
      vectors: { dense: { size: 3 } },
      sparse_vectors: { sparse: {} },
    })
  })

  it('has the trap of the original: a client that collapses `..` deletes the collection', async () => {
    await call('PUT /collections/docs', { vectors: { size: 2, distance: 'Dot' } })
    asked.length = 0
    // what an encoding client makes of the field `..`: fetch collapses it, the server trims the slash
    const { body } = await call(
      `DELETE /collections/docs/index/${encodeURIComponent('..')}?wait=true`,
    )
    expect(asked).toEqual(['DELETE /collections/docs/?wait=true'])
    expect(body.result).toBe(true)
    expect((await call('GET /collections/docs')).status).toBe(404)
  })
})
