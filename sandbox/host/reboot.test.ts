import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestSandbox, type TestSandbox } from '../testing/test-sandbox.ts'

let sandbox: TestSandbox

beforeAll(async () => {
  sandbox = await startTestSandbox({ first: 'planted', speed: 200 })
})
afterAll(() => sandbox.close())

const names = async () =>
  (await sandbox.ask('spark-1', 'docker', ['ps', '-a', '--format', '{{.Names}} {{.State}}'])).out

test('vLLM that is PID 1 of its container runs again after a reboot', async () => {
  const cache = `${sandbox.hosts[0]?.home}/.cache/huggingface:/root/.cache/huggingface`
  const words = ['run', '-d', '--restart', 'unless-stopped', '--name', 'own', '-v', cache]
  const serve = ['vllm', 'serve', 'nvidia/Gemma-4-26B-A4B-NVFP4', '--port', `${sandbox.ports.llm}`]
  await sandbox.ask('spark-1', 'docker', [...words, 'vllm/vllm-openai', ...serve])
  await sandbox.setFaults('spark-1', { host: 'reboot' })
  expect(await names()).toBe('own running\n')
  await sandbox.ask('spark-1', 'docker', ['rm', '-f', 'own'])
})

test('a reboot ends what runs in containers and begins the uptime anew', async () => {
  await sandbox.ask('spark-1', 'docker', [
    'run',
    '-d',
    '--name',
    'kept',
    'vllm-node',
    'sleep',
    'infinity',
  ])
  await sandbox.ask('spark-1', 'docker', [
    'run',
    '-d',
    '--rm',
    '--name',
    'passing',
    'vllm-node',
    'sleep',
    'infinity',
  ])
  const response = await sandbox.setFaults('spark-1', { host: 'reboot' })
  expect(await response.json()).toMatchObject({ faults: { 'spark-1': {} } })
  while ((await names()).includes('passing')) await new Promise((resolve) => setTimeout(resolve, 5))
  expect(await names()).toBe('kept exited\n')
  const { out } = await sandbox.run('spark-1', 'cat $SPARK_PROC/uptime')
  expect(Number(out.split('.')[0])).toBeLessThan(60)
})
