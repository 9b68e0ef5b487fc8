import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestSandbox, type TestSandbox } from '../testing/test-sandbox.ts'

let sandbox: TestSandbox
beforeAll(async () => {
  sandbox = await startTestSandbox({ first: 'planted', speed: 2000 })
})
afterAll(() => sandbox.close())

const download = (words: string) => sandbox.ask('spark-1', 'hf-download.sh', words.split(' '))
const folderOf = (index: number, repo: string) =>
  join(
    sandbox.hosts[index]?.home ?? '',
    '.cache/huggingface/hub',
    `models--${repo.replace('/', '--')}`,
  )

test('a download prints its markers, completes a partial model and copies it', async () => {
  const repo = 'Qwen/Qwen3-Coder-Next-FP8'
  const { code, out, err } = await download(`${repo} -c 192.168.177.12`)
  expect(code).toBe(0)
  expect(out).toMatch(
    /^Downloading model 'Qwen\/Qwen3-Coder-Next-FP8' using uvx\.\.\.\nDownload completed in \d\d:\d\d:\d\d\nModel directory: \S+\n/,
  )
  expect(out).toMatch(/Copy to 192\.168\.177\.12 completed in \d\d:\d\d:\d\d\n\nCopy complete\.\n/)
  expect(out.trimEnd().split('\n').at(-1)).toBe(`Done downloading ${repo}.`)
  expect(err).toMatch(/\rFetching \d+ files: 100%/)
  for (const index of [0, 1]) {
    const blobs = join(folderOf(index, repo), 'blobs')
    const bytes = readdirSync(blobs).reduce(
      (sum, each) => sum + statSync(join(blobs, each)).size,
      0,
    )
    expect(bytes / 1024 ** 3).toBeCloseTo(76.4, 0)
    expect(readdirSync(blobs).join()).not.toContain('incomplete')
  }
})

test('a killed download leaves an .incomplete of a name of its own', async () => {
  const slow = await startTestSandbox({ first: 'nothing', speed: 2 })
  const root = join(slow.hosts[0]?.home ?? '', '.cache/huggingface/hub/models--Qwen--Qwen3-8B')
  await slow.run(
    'spark-1',
    `cd ~/spark-vllm-docker && { ./hf-download.sh Qwen/Qwen3-8B >/dev/null 2>&1 & pid=$!; while ! ls ${root}/blobs/*.incomplete >/dev/null 2>&1; do sleep 0.05; done; kill -9 $pid; }`,
  )
  const leftover = readdirSync(join(root, 'blobs')).filter((each) => each.endsWith('.incomplete'))
  expect(leftover).toEqual([expect.stringMatching(/^[0-9a-f]{64}\.[0-9a-f]{8}\.incomplete$/)])
  expect(existsSync(join(root, 'refs/main'))).toBe(true)
  await slow.close()
})

test.each([
  ['acme/Nothing', "Error: Failed to download model 'acme/Nothing'."],
  ['-c acme/Nothing', 'Error: Model name is required.'],
  ['Qwen/Qwen3-4B-FP8 -c 10.9.9.9', 'Copy to 10.9.9.9 failed.'],
  ['a/b c/d', 'Error: Unknown parameter: c/d'],
])('%s exits with 1', async (words, message) => {
  const { code, out } = await download(words)
  expect(code).toBe(1)
  expect(out).toContain(message)
})
