import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTestCluster, type TestCluster, until } from '../test-cluster.ts'

let cluster: TestCluster
beforeAll(async () => {
  cluster = await startTestCluster()
})
afterAll(() => cluster?.close())

interface Changes {
  changes: { subject: string; from: string; to: string; at: string }[]
}

const changesOf = async (subject: string) => {
  const { body } = await cluster.ask<Changes>(`/api/connectivity?subject=${subject}`)
  return body.changes.map(({ from, to }) => `${from}>${to}`).reverse()
}
const stateOf = async (id: string) =>
  (await cluster.ask<{ state: string }>(`/api/services/${id}`)).body.state

it('has what falls between two polls: a dropped connection, a port that refused for a moment', async () => {
  await until(async () => (await stateOf('llm')) === 'up', 'the model to be seen')
  await until(async () => (await changesOf('host:spark-1')).includes('unknown>ok'), 'the host')
  await cluster.setFaults('spark-1', { ssh: 'drop' })
  const dropped = async () => (await changesOf('host:spark-1')).join(' ')
  await until(async () => /ok>lost.*>ok$/.test(await dropped()), 'the drop and its end')

  await cluster.setFaults('spark-1', { http: 'refuse' })
  await until(
    async () => /up>(refused|down)/.test((await changesOf('service:llm')).join(' ')),
    'the refusal',
  )
  await cluster.setFaults('spark-1', {})
  // on a busy machine its first answers may be late before it is up
  await until(
    async () => /(refused|down)>(.*>)?up$/.test((await changesOf('service:llm')).join(' ')),
    'its end',
  )
})

it('is shown as stretches with uptime by day, and given as CSV', async () => {
  const { body } = await cluster.ask<{
    subjects: {
      subject: string
      spans: { state: string }[]
      days: { outages: number; uptime_percent: number }[]
    }[]
  }>('/api/connectivity/uptime')
  const host = body.subjects.find(({ subject }) => subject === 'host:spark-1')
  expect(host?.spans.map(({ state }) => state)).toEqual(expect.arrayContaining(['ok', 'lost']))
  const outages = host?.days.reduce((sum, day) => sum + day.outages, 0)
  expect(outages).toBeGreaterThanOrEqual(1)
  const csv = await cluster.ask<undefined>('/api/connectivity/csv?subject=host:spark-1')
  expect(csv.headers.get('content-type')).toContain('text/csv')
  expect(csv.text.split('\r\n')[0]).toBe('at,subject,from,to,reason')
  expect(csv.text).toContain(',host:spark-1,ok,lost,its connection was dropped')
})

it('refuses a range that runs backwards, or a subject that is none', async () => {
  for (const query of ['from=2026-02-02T00:00:00Z&to=2026-01-01T00:00:00Z', 'subject=../x'])
    expect((await cluster.ask(`/api/connectivity?${query}`)).status).toBe(400)
})
