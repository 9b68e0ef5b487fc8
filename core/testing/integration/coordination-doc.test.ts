import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { canRunExamples, runDocExamples } from '../doc-examples.ts'
import { startTestCluster, type TestCluster } from '../test-cluster.ts'

const page = readFileSync(new URL('../../../docs/COORDINATION.md', import.meta.url), 'utf8')

let cluster: TestCluster

beforeAll(async () => {
  cluster = await startTestCluster()
})
afterAll(async () => {
  await cluster?.close()
})

it('every example of docs/COORDINATION.md does what it says', async ({ skip }) => {
  if (!(await canRunExamples())) skip('curl or jq is not installed')
  expect((await runDocExamples(page, cluster.url)).examples).toBeGreaterThan(7)
})
