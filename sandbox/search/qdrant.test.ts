import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type QdrantFault, type SimulatedQdrant, startQdrant } from './qdrant.ts'

let qdrant: SimulatedQdrant
let fault: QdrantFault | undefined
const asked: string[] = []

beforeAll(async () => {
  qdrant = await startQdrant({
    ...{ apiKey: 'k', fault: () => fault },
    record: (line) => void asked.push(line),
  })
})
afterAll(() => qdrant.close())

/** Qdrant's envelope, as far as the tests look into it. */
interface Envelope {
  result: {
    points: { id: number; score: number }[]
    count: number
    payload_schema: object
    config: { params: object }
  }
  status: { error: string }
  version?: string
}

const call = async (
  line: string,
  body?: unknown,
  headers: object = { 'api-key': 'k' },
): Promise<{ status: number; headers: Headers; text: string; body: Envelope }> => {
  const [method = '', path] = line.split(' ')
  const reply = await fetch(`http://127.0.0.1:${qdrant.port}${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await reply.text()
  const isJson = reply.headers.get('content-type')?.includes('json') ?? false
  return {
    status: reply.status,
    headers: reply.headers,
    text,
    body: isJson ? JSON.parse(text) : {},
  }
}

const POINTS = [
  [
    [-0.352, -0.698, 0.302],
    [0, 4, 5],
    [0.79, 0.21, 1.06],
  ],
  [
    [-0.925, -0.133, -0.86],
    [0, 3, 4],
    [0.21, 1.17, 1.9],
  ],
  [
    [0.261, 0.166, -0.876],
    [0, 3, 4],
    [1.95, 0.19, 1.73],
  ],
  [
    [-0.421, -0.711, -0.764],
    [1, 2, 4],
    [0.3, 1.19, 0.46],
  ],
  [
    [-0.805, 0.424, 0.129],
    [1, 3, 4],
    [1.39, 0.91, 0.7],
  ],
  [
    [0.171, -0.094, -0.4],
    [0, 1, 5],
    [1.19, 1.1, 1.76],
  ],
].map(([dense, indices, values], id) => ({
  ...{ id, vector: { dense, sparse: { indices, values } } },
  payload: {
    n: id,
    city: id < 3 ? 'Bern' : 'Ulm',
    tags: id % 2 ? ['a', 'b'] : ['c'],
    lines: [{ n: id }],
  },
}))
const DENSE = { query: [0.4, -0.2, 0.7], using: 'dense', limit: 4 }
const SPARSE = {
  query: { indices: [0, 2, 3, 5], values: [1, 0.5, 0.8, 0.3] },
  using: 'sparse',
  limit: 4,
}

const scores = async (body: object): Promise<[number, number][]> => {
  const { body: answer } = await call('POST /collections/t/points/query', body)
  return answer.result.points.map(({ id, score }) => [id, Number(score.toFixed(5))])
}

describe('the simulated Qdrant', () => {
  beforeAll(async () => {
    await call('PUT /collections/t', {
      vectors: { dense: { size: 3, distance: 'Cosine' } },
      sparse_vectors: { sparse: {} },
    })
    const { body } = await call('PUT /collections/t/points?wait=true', { points: POINTS })
    expect(body).toMatchObject({
      status: 'ok',
      result: { status: 'completed' },
      time: expect.any(Number),
    })
  })

  // the official Python client's local mode (1.18) gives these for the same points and queries
  it.each([
    [
      'dense',
      DENSE,
      [
        [0, 0.30196],
        [4, -0.41463],
        [5, -0.52151],
        [3, -0.60013],
      ],
    ],
    [
      'sparse',
      SPARSE,
      [
        [2, 2.102],
        [5, 1.718],
        [1, 1.146],
        [0, 1.108],
      ],
    ],
    [
      'rrf',
      { prefetch: [DENSE, SPARSE], query: { fusion: 'rrf' } },
      [
        [0, 0.7],
        [5, 0.58333],
        [2, 0.5],
        [4, 0.33333],
        [1, 0.25],
        [3, 0.2],
      ],
    ],
    [
      'weighted rrf',
      { prefetch: [DENSE, SPARSE], query: { rrf: { k: 10, weights: [3, 1] } } },
      [
        [5, 0.19091],
        [0, 0.18407],
        [4, 0.10345],
        [2, 0.1],
        [3, 0.09677],
        [1, 0.08333],
      ],
    ],
    [
      'dbsf',
      { prefetch: [DENSE, SPARSE], query: { fusion: 'dbsf' } },
      [
        [0, 1.10284],
        [5, 0.98375],
        [2, 0.70314],
        [4, 0.45731],
        [3, 0.38265],
        [1, 0.37032],
      ],
    ],
  ])('scores by %s as the official client does', async (_, query, expected) => {
    expect(await scores(query)).toEqual(expected)
  })

  it('leaves payload and vectors out unless they are asked for', async () => {
    const bare = await call('POST /collections/t/points/query', { ...DENSE, limit: 1 })
    expect(Object.keys(bare.body.result.points[0] ?? {})).toEqual(['id', 'version', 'score'])
    const full = await call('POST /collections/t/points/query', {
      ...{ ...DENSE, limit: 1, with_payload: ['city'], with_vector: true },
    })
    expect(full.body.result.points[0]).toMatchObject({
      payload: { city: 'Bern' },
      vector: { sparse: {} },
    })
  })

  it.each([
    [{ must: [{ key: 'city', match: { value: 'Bern' } }] }, 3],
    [{ must: { key: 'city', match: { any: ['Ulm', 'x'] } } }, 3],
    [{ must_not: [{ key: 'city', match: { value: 'Bern' } }] }, 3],
    [
      {
        should: [
          { key: 'n', range: { lt: 1 } },
          { key: 'n', range: { gte: 5 } },
        ],
      },
      2,
    ],
    [{ must: [{ key: 'tags', match: { value: 'a' } }] }, 3],
    [{ must: [{ key: 'tags', values_count: { gt: 1 } }] }, 3],
    [{ must: [{ has_id: [0, 5, 9] }] }, 2],
    [{ must: [{ is_empty: { key: 'nothing' } }] }, 6],
    [
      { must: [{ nested: { key: 'lines', filter: { must: [{ key: 'n', range: { gt: 3 } }] } } }] },
      2,
    ],
    [
      {
        min_should: {
          min_count: 2,
          conditions: [
            { key: 'n', range: { gt: 2 } },
            { key: 'city', match: { prefix: 'U' } },
          ],
        },
      },
      3,
    ],
    [{ must: [{ should: [{ key: 'n', match: { value: 4 } }] }] }, 1],
  ])('filters by %j', async (filter, count) => {
    const { body } = await call('POST /collections/t/points/count', { filter })
    expect(body.result.count).toBe(count)
  })

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
