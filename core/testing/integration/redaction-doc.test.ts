import { readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { canRunExamples, runDocExamples } from '../doc-examples.ts'
import { startTestCluster, type TestCluster } from '../test-cluster.ts'

const page = readFileSync(new URL('../../../docs/REDACTION_GATEWAY.md', import.meta.url), 'utf8')

let cluster: TestCluster

beforeAll(async () => {
  cluster = await startTestCluster()
})
afterAll(async () => {
  await cluster?.close()
})

it('every example of docs/REDACTION_GATEWAY.md does what it says', async ({ skip }) => {
  if (!(await canRunExamples())) skip('curl or jq is not installed')
  expect((await runDocExamples(page, cluster.url)).examples).toBeGreaterThan(4)
})

it('is behind the guard of every path, tells no input in its errors and keeps its key apart', async () => {
  const body = { text: 'Alice Example', extra: 'Alice Example', handle: 7 }
  const wrong = await cluster.post('/scrub', body)
  expect(wrong.status).toBe(400)
  expect(wrong.body.error.details.map(({ path }) => path)).toEqual(['body', 'handle'])
  expect(wrong.text).not.toContain('Alice')
  const foreign = await cluster.post('/scrub', { text: 'hi' }, { origin: 'https://evil.example' })
  expect(foreign.body.error.code).toBe('ORIGIN_REFUSED')
  expect(statSync(join(dirname(cluster.file), 'keys', 'redaction.key')).mode & 0o777).toBe(0o600)
  const torn = await fetch(`${cluster.url}/scrub`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"text": Alice Example',
  })
  expect([torn.status, await torn.text()]).toEqual([400, expect.not.stringContaining('Alice')])
  const metrics = await cluster.ask('/metrics')
  expect(metrics.text).toContain('redaction_scrubbed_total')
  const unnamed = await cluster.post('/v1/chat/completions', { model: 'nobody', messages: [] })
  expect(unnamed.text).not.toContain('elsewhere')
})
