import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type SimulatedQdrant, startQdrant } from './qdrant.ts'
import { askQdrant, fillQdrant } from './testing/ask-qdrant.ts'

let qdrant: SimulatedQdrant

beforeAll(async () => {
  qdrant = await startQdrant()
  await fillQdrant(qdrant.port)
})
afterAll(() => qdrant.close())

const call = (line: string, body?: unknown) => askQdrant(qdrant.port, line, body)

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
})
