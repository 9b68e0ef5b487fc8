import { once } from 'node:events'
import { request } from 'node:http'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { JobView } from '../../views.ts'
import { hostileStrings } from '../hostile-strings.ts'
import { startTestCluster, type TestCluster, until } from '../test-cluster.ts'
import { thorough } from '../thorough.ts'

let cluster: TestCluster

beforeAll(async () => {
  cluster = await startTestCluster()
})
afterAll(() => cluster?.close())
// a test that fails leaves none behind for the next
afterEach(() => cluster.setFaults('spark-2', {}))

const put = (name: string) => cluster.ask(`/api/collections/${name}`, { method: 'PUT' })
const add = (name: string, documents: object[]) =>
  cluster.post<{ job: JobView }>(`/api/collections/${name}/documents`, { documents })
const points = async (name: string) =>
  (await cluster.ask<{ points: number }>(`/api/collections/${name}`)).body.points

/** Sends a path as it stands; every client of the platform would tidy it. */
async function send(method: string, path: string): Promise<number> {
  const { hostname, port } = new URL(cluster.url)
  const sent = request({ hostname, port, method, path }).end()
  const [reply] = await once(sent, 'response')
  reply.resume()
  await once(reply, 'end')
  return reply.statusCode
}

/** What Qdrant was asked for so far, as its log has it. */
async function asked(): Promise<string[]> {
  const { text } = await cluster.ask('/api/services/embeddings/containers/qdrant/logs?tail=5000')
  return text.match(/(GET|PUT|POST|DELETE) \/[^"\s]*/g) ?? []
}

describe('a hostile name in a path', () => {
  const odd = fc.sample(fc.string({ unit: fc.constantFrom(...'.%2ef5c/\\a?#; ') }), {
    ...{ numRuns: thorough(1_500, 150), seed: 7 },
  })
  const dots = ['.', '..', '%2e%2e', '%2E.', '..%2f', '%252e%252e', '..%00', '%5c..', '..;', '...']
  const long = ['a'.repeat(256), 'a'.repeat(300), 'a'.repeat(4_000)]
  const encoded = [...dots, ...hostileStrings('/tmp/none', 'none', thorough(500, 50))].map((text) =>
    encodeURIComponent(text.toWellFormed()),
  )
  // what cannot stand in a request line at all never leaves the client
  const names = [...dots, ...long, ...encoded, ...odd].filter((name) => /^[!-~]+$/.test(name))

  it('reaches nothing of Qdrant but what it names plainly', async () => {
    await put('precious')
    await add('precious', [{ text: 'It is still here.' }])
    const before = (await asked()).length
    for (const name of names) {
      await send('DELETE', `/api/collections/precious/indexes/${name}`)
      await send('DELETE', `/api/collections/${name}?confirm=precious`)
      await send('GET', `/api/collections/${name}`)
    }
    const reached = (await asked()).slice(before)
    for (const line of reached)
      expect(line).toMatch(
        /^(GET \/collections\/[A-Za-z0-9_][A-Za-z0-9_.-]*|GET \/collections|GET \/healthz|GET \/readyz)$/,
      )
    expect(await points('precious')).toBe(1)
  })
})

describe('a load of many documents', () => {
  const documents = Array.from({ length: 400 }, (_, n) => ({
    ...{
      id: `d${n}`,
      text: `Thing ${n} lies in drawer ${n % 40}. Nobody has asked for it in ${n % 9} years.`,
    },
  }))

  it('outlives its Qdrant and its controller, and nothing is lost', async () => {
    await put('drawers')
    await cluster.setFaults('spark-2', { qdrant: 'stalls' })
    const { status, body } = await add('drawers', documents)
    expect(status).toBe(202)
    await until(async () => (await points('drawers')) > 100, 'the first documents')
    await cluster.setFaults('spark-2', { qdrant: 'down' })
    const { job } = body
    // a request on a connection that is just being cut breaks off, which is another error
    await until(async () => {
      const { body } = await cluster.ask('/api/collections/drawers')
      return body.error?.code === 'UPSTREAM_UNREACHABLE'
    }, 'the end of Qdrant')
    await cluster.kill()
    await cluster.restart()
    await cluster.setFaults('spark-2', {})
    expect(await cluster.ended(job)).toMatchObject({
      ...{ state: 'succeeded', percent: 100 },
      result: { documents: 400, points: 400, failed: 0 },
    })
    expect(await points('drawers')).toBe(400)
    const { body: again } = await add('drawers', documents)
    expect(again.job.id).not.toBe(job.id)
    await cluster.ended(again.job)
    expect(await points('drawers')).toBe(400)
  })

  it('keeps others out of its collection, and ends when it is cancelled', async () => {
    await put('shelf')
    await cluster.setFaults('spark-2', { qdrant: 'stalls' })
    const { body } = await add('shelf', documents)
    expect((await add('shelf', documents)).body.job.id).toBe(body.job.id)
    const other = await add('shelf', documents.slice(1))
    expect(other).toMatchObject({ status: 409, body: { error: { code: 'JOB_RUNNING' } } })
    const gone = await cluster.ask('/api/collections/shelf?confirm=shelf', { method: 'DELETE' })
    expect(gone).toMatchObject({ status: 409, body: { error: { code: 'JOB_RUNNING' } } })
    await cluster.post(`/api/jobs/${body.job.id}/cancel`, {})
    expect(await cluster.ended(body.job)).toMatchObject({ state: 'cancelled' })
    expect(
      (await cluster.ask('/api/collections/shelf?confirm=shelf', { method: 'DELETE' })).status,
    ).toBe(200)
  })
})

it.each([
  ['busy', 429, 'VECTOR_STORE_BUSY', '2'],
  ['full', 507, 'VECTOR_STORE_FULL', null],
] as const)('a Qdrant that is %s answers %i', async (state, status, code, wait) => {
  await cluster.setFaults('spark-2', { qdrant: state })
  const reply = await cluster.post('/api/search', { collection: 'drawers', query: 'drawer' })
  expect([reply.status, reply.body.error.code, reply.headers.get('retry-after')]).toEqual([
    ...[status, code, wait],
  ])
})
