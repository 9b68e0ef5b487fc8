import { afterAll, beforeAll, expect, it } from 'vitest'
import { quote } from '../../core/hosts/sh.ts'
import { startTestSandbox, type TestSandbox } from '../testing/test-sandbox.ts'

let sandbox: TestSandbox
beforeAll(async () => {
  sandbox = await startTestSandbox()
})
afterAll(() => sandbox?.close())

it.each([
  [['ps', '-a', '--no-trunc']],
  [['inspect', '--type', 'container', 'vllm_node']],
  [['inspect', '--format', '{{.Name}}\n{{.State.Status}} "it\'s" $(id)', 'vllm_node']],
  [['inspect', 'nobody', 'vllm_node']],
  [['inspect', '', '  ']],
  [['image', 'inspect', 'vllm-node', 'nothing']],
  [['top', 'vllm_node']],
  [['ps', '--no-such-flag']],
])('a question to docker through its program is answered as without it: %j', async (args) => {
  const asked = await sandbox.ask('spark-1', 'docker', args)
  const ran = await sandbox.run('spark-1', `docker ${args.map(quote).join(' ')}`)
  expect(ran).toEqual(asked)
})

it('a daemon that is down is not there for its program', async () => {
  await sandbox.setFaults('spark-1', { docker: 'down' })
  const ran = await sandbox.run('spark-1', 'docker ps')
  expect([ran.code, ran.err]).toEqual([1, expect.stringContaining('Cannot connect to the Docker')])
  await sandbox.setFaults('spark-1', {})
})
