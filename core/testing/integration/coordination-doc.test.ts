import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTestCluster, type TestCluster } from '../test-cluster.ts'

const page = readFileSync(new URL('../../../docs/COORDINATION.md', import.meta.url), 'utf8')
const examples = [...page.matchAll(/```sh\n(.*?)```/gs)].map(([, text]) => text ?? '')
const folder = mkdtempSync(join(tmpdir(), 'coordination-doc-'))

let cluster: TestCluster

beforeAll(async () => {
  cluster = await startTestCluster()
})
afterAll(async () => {
  await cluster?.close()
  rmSync(folder, { recursive: true, force: true })
})

it('every example of docs/COORDINATION.md does what it says', async ({ skip }) => {
  const run = promisify(execFile)
  if (!(await run('curl', ['--version']).catch(() => null))) skip('curl is not installed')
  const [address, ...rest] = examples
  expect(address).toBe('SPARK=http://127.0.0.1:9999\n')
  const script = [`SPARK=${cluster.url}\n`, ...rest].join('')
  // -x: a line that fails is seen in the error
  await expect(run('sh', ['-eux', '-c', script], { cwd: folder })).resolves.toBeDefined()
  expect(rest.length).toBeGreaterThan(7)
})
