import { expect } from 'vitest'

/** Qdrant's envelope, as far as the tests look into it. */
export interface Envelope {
  result: {
    points: { id: number; score: number }[]
    count: number
    payload_schema: object
    config: { params: object }
  }
  status: { error: string }
  version?: string
}

/** Asks the Qdrant at a port with `METHOD /path`; its key is `k` unless told otherwise. */
export const askQdrant = async (
  port: number,
  line: string,
  body?: unknown,
  headers: object = { 'api-key': 'k' },
): Promise<{ status: number; headers: Headers; text: string; body: Envelope }> => {
  const [method = '', path] = line.split(' ')
  const reply = await fetch(`http://127.0.0.1:${port}${path}`, {
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

/** Six points with both kinds of vectors, and payload of every shape. */
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

/** Makes the collection `t` with six points. */
export async function fillQdrant(port: number): Promise<void> {
  await askQdrant(port, 'PUT /collections/t', {
    vectors: { dense: { size: 3, distance: 'Cosine' } },
    sparse_vectors: { sparse: {} },
  })
  const { body } = await askQdrant(port, 'PUT /collections/t/points?wait=true', { points: POINTS })
  expect(body).toMatchObject({
    ...{ status: 'ok', result: { status: 'completed' }, time: expect.any(Number) },
  })
}
