import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { startTestSandbox, type TestSandbox, until } from '../testing/test-sandbox.ts'

let sandbox: TestSandbox
let isOnBoth = false
beforeAll(async () => {
  sandbox = await startTestSandbox({ first: 'planted', speed: 400 })
})
afterEach(async () => {
  await fetch(`${sandbox.controlUrl}/faults`, { method: 'DELETE' })
  await docker('rm -f vllm_node')
  if (isOnBoth) await docker('rm -f vllm_node', 'spark-2')
  isOnBoth = false
})
afterAll(() => sandbox.close())

const launch = (words: string) =>
  sandbox.ask('spark-1', 'launch-cluster.sh', words.trim().split(/\s+/))
const docker = (words: string, host = 'spark-1') =>
  sandbox.ask(host, 'docker', words.trim().split(/\s+/))
const solo = (model: string, more = '') =>
  launch(
    `--solo -d -e HF_HUB_OFFLINE=1 exec vllm serve ${model} --port ${sandbox.ports.llm} --max-model-len 8192 ${more}`,
  )
const cluster = (more = '') => {
  isOnBoth = true
  return launch(
    `-n 192.168.177.11,192.168.177.12 -d exec vllm serve nvidia/Qwen3-235B-A22B-NVFP4 -tp 2 --port ${sandbox.ports.llm} --max-model-len 8192 --gpu-memory-utilization 0.85 ${more}`,
  )
}
/** The log up to a line that matches. */
const logUntil = (pattern: RegExp, host = 'spark-1') =>
  until(async () => {
    const { out } = await docker('logs vllm_node', host)
    return pattern.test(out) ? out : undefined
  })
const memAvailableGib = (host = 'spark-1') => {
  const home = sandbox.hosts.find((each) => each.id === host)?.home ?? ''
  const text = readFileSync(join(home, '../proc/meminfo'), 'utf8')
  return Number(/MemAvailable: +(\d+)/.exec(text)?.[1]) / 1024 ** 2
}
const ENDED = /Application startup complete|Failed core proc/

test('--help exits with 1 and lists the flags by which versions are told apart', async () => {
  const { code, out } = await launch('--help')
  expect(code).toBe(1)
  for (const flag of ['--solo', '--no-ray', '--volume', '--config', '--apply-mod']) {
    expect(out).toContain(flag)
  }
})

test.each([
  ['--bogus', 'Error: Unknown argument or action: --bogus\nUsage:'],
  ['--ray --no-ray start', 'Error: --ray and --no-ray are mutually exclusive.'],
  ['--solo --no-ray start', 'Error: --no-ray is incompatible with --solo'],
  ['--solo', 'Error: No action specified. Use: start | stop | status | exec'],
  ['-n 192.168.177.12 start', 'Error: Local IP (192.168.177.11) is not in the list of nodes'],
  ['-n 192.168.177.11,10.9.9.9 start', 'Error: Passwordless SSH to 10.9.9.9 failed.'],
  [
    '-n 192.168.177.11,192.168.177.12 -d exec vllm serve x -tp 4',
    'Error: Command requires 4 nodes (tp=4 * pp=1 * dp=1) but only 2 node(s) are configured.',
  ],
])('%s exits with 1 and says why', async (words, message) => {
  const { code, out } = await launch(words)
  expect(out).toContain(message)
  expect(code).toBe(1)
})

test('a solo launch prints its markers in order, claims memory and serves', async () => {
  const before = memAvailableGib()
  const { code, out } = await solo('Qwen/Qwen3.6-35B-A3B-FP8', '--served-model-name big default')
  expect(code).toBe(0)
  expect(out.split('\n')).toEqual([
    'Solo mode enabled. Skipping node detection.',
    'Head Node: 127.0.0.1',
    'Worker Nodes: ',
    'Container Name: vllm_node',
    'Image Name: vllm-node',
    'Action: exec',
    'Starting Head Node on 127.0.0.1...',
    expect.stringMatching(/^[0-9a-f]{64}$/),
    expect.stringMatching(/^Executing command: vllm serve Qwen\/Qwen3.6-35B-A3B-FP8 --port /),
    'Command dispatched in background (Daemon mode). Container: vllm_node',
    '',
  ])
  const log = await logUntil(ENDED)
  for (const shape of [
    /Resolved architecture: Qwen3_5MoeForConditionalGeneration/,
    /Initializing a V1 LLM engine \(v([^)]+)\)/,
    /Starting to load model (\S+?)\.\.\./,
    /Checkpoint size: 35\.10 GiB/,
    /\rLoading safetensors checkpoint shards: +50% Completed \| 7\/14/,
    /Model loading took ([\d.]+) GiB(?: memory)? and ([\d.]+) seconds/,
    /Available KV cache memory: (-?[\d.]+) GiB/,
    /GPU KV cache size: ([\d,]+) tokens/,
    /Maximum concurrency for 8,192 tokens per request: ([\d.]+)x/,
    /\rCapturing CUDA graphs \(([^)]+)\):\s+(\d+)%/,
    /init engine \(.*\) took ([\d.]+) s/,
    /Starting vLLM (?:API )?server .*on (http\S+)/,
  ]) {
    expect(log).toMatch(shape)
  }
  const models = await fetch(`http://127.0.0.1:${sandbox.ports.llm}/v1/models`)
  expect(await models.json()).toMatchObject({
    data: [
      { id: 'big', root: 'Qwen/Qwen3.6-35B-A3B-FP8', max_model_len: 8192, owned_by: 'vllm' },
      { id: 'default' },
    ],
  })
  expect(before - memAvailableGib()).toBeGreaterThan(100)
  await docker('stop -t 1 vllm_node')
  await expect(fetch(`http://127.0.0.1:${sandbox.ports.llm}/health`)).rejects.toThrow()
  expect(memAvailableGib()).toBeCloseTo(before, 0)
})

test('the port refuses connections as long as the model loads', async () => {
  await sandbox.setFaults('spark-1', { next_launch: 'hang' })
  await solo('Qwen/Qwen3.6-35B-A3B-FP8')
  await logUntil(/ 50% Completed/)
  await expect(fetch(`http://127.0.0.1:${sandbox.ports.llm}/health`)).rejects.toThrow()
})

test('a launch over a running container skips it, runs the command all the same and exits with 0', async () => {
  await solo('nvidia/Gemma-4-26B-A4B-NVFP4', '--gpu-memory-utilization 0.4')
  await logUntil(ENDED)
  const { code, out } = await solo('Qwen/Qwen3.6-35B-A3B-FP8')
  expect(code).toBe(0)
  expect(out).toContain(
    "Warning: Container 'vllm_node' is already running on head node (127.0.0.1).\nCluster containers are already running. Skipping launch.\n",
  )
  expect(out).toContain('Command dispatched in background')
  expect(await logUntil(/address already in use/)).toContain(
    `${sandbox.ports.llm}): address already`,
  )
})

// The failure table of the launch contract: what is asked for, what the log must show.
const FAILURES: [fault: string, shape: RegExp, isInCore: boolean][] = [
  [
    'memory-busy',
    /Free memory on device \S+ \([\d.]+\/121\.69 GiB\) on startup is less than desired GPU memory utilization \([\d.]+, [\d.]+ GiB\)/,
    true,
  ],
  ['kv-none', /No available memory for the cache blocks/, true],
  [
    'kv-small',
    /max seq len \(8192\), \([\d.]+ GiB KV cache is needed, which is larger than the available KV cache memory \([\d.]+ GiB\).*estimated maximum model length is \d+/,
    true,
  ],
  ['oom', /CUDA out of memory\. Tried to allocate/, true],
  ['crash', /CUDA error: an illegal memory access/, true],
  ['nccl', /DistBackendError: NCCL error in: .*\n.*ncclSystemError/, true],
  [
    'arch',
    /Model architectures \['Gemma4ForConditionalGeneration'\] are not supported for now/,
    false,
  ],
  ['remote-code', /trust_remote_code=True/, false],
  ['parser', /invalid tool call parser: (\S+)/, false],
  ['port', /address already in use/, false],
  ['hub', /LocalEntryNotFoundError/, false],
]

test.each(FAILURES)(
  'the fault %s leaves its line, a running container and no vLLM in it',
  async (fault, shape, isInCore) => {
    await sandbox.setFaults('spark-1', { next_launch: fault })
    expect((await solo('nvidia/Gemma-4-26B-A4B-NVFP4')).out).toContain('dispatched')
    const top = await until(async () => {
      const { out } = await docker('top vllm_node -eo pid,args')
      return out.includes('vllm serve') ? undefined : out
    })
    const { out } = await docker('logs vllm_node')
    expect(out).toMatch(shape)
    const generic = out.indexOf('Engine core initialization failed. See root cause above')
    if (isInCore) expect(generic).toBeGreaterThan(out.search(shape))
    else expect(generic).toBe(-1)
    expect(top).toMatch(/^PID {17}COMMAND\n\d+ +sleep infinity\n$/)
    const state = await docker('inspect vllm_node --format {{.State.Status}}')
    expect(state.out).toBe('running\n')
  },
)

test('a docker run that fails is dispatched with 0 all the same, with and without a printed id', async () => {
  await sandbox.setFaults('spark-1', { next_launch: 'missing-image' })
  const missing = await solo('openai/gpt-oss-120b')
  expect(missing).toMatchObject({ code: 0, out: expect.stringContaining('dispatched') })
  expect(missing.err).toContain("Unable to find image 'vllm-node:latest' locally")
  await sandbox.setFaults('spark-1', { next_launch: 'dispatch-without-container' })
  const failed = await solo('openai/gpt-oss-120b')
  expect(failed).toMatchObject({ code: 0, out: expect.stringMatching(/^[0-9a-f]{64}$/m) })
  expect(failed.err).toContain('could not select device driver')
  expect(await docker('ps -aq --filter name=^/vllm_node$')).toMatchObject({
    out: '',
  })
})

test.each([
  ['a model that is not on disk', 'acme/Nothing', /LocalEntryNotFoundError/],
  ['a partial one', 'Qwen/Qwen3-Coder-Next-FP8', /LocalEntryNotFoundError/],
  [
    'a flag that vLLM has not',
    'openai/gpt-oss-120b --no-such 3',
    /error: unrecognized arguments: --no-such/,
  ],
  [
    'a parser that vLLM has not',
    'openai/gpt-oss-120b --reasoning-parser x',
    /invalid reasoning parser: x/,
  ],
  [
    'a context beyond the model',
    'Qwen/Qwen3.6-35B-A3B-FP8 --max-model-len 300000',
    /User-specified max_model_len \(300000\) is greater than the derived/,
  ],
  ['weights beyond the memory', 'nvidia/Qwen3-235B-A22B-NVFP4', /CUDA out of memory/],
  [
    'a cache too small for the context',
    'fjordlight/Skald-14B-Instruct --max-model-len 40960 --gpu-memory-utilization 0.28',
    /is larger than the available KV cache memory/,
  ],
])('%s fails as the real one would', async (_what, words, shape) => {
  await launch(`--solo -d exec vllm serve ${words} --port ${sandbox.ports.llm}`)
  expect(await logUntil(shape)).toMatch(shape)
})

test('a cluster launch starts the worker first and serves when both hosts have loaded', async () => {
  const { code, out } = await cluster('--distributed-executor-backend ray')
  expect(code).toBe(0)
  expect(out).toMatch(
    /SSH to 192\.168\.177\.12: OK\nVerifying Docker image consistency[\s\S]*check passed\.\nStarting Head Node on 192\.168\.177\.11\.\.\.\n[0-9a-f]{64}\nStarting Worker Node on 192\.168\.177\.12\.\.\.\n[0-9a-f]{64}\nExecuting command: [\s\S]*Launching worker \(rank 1\) on 192\.168\.177\.12\.\.\.\nExecuting command on head node \(rank 0\): (?!.*executor-backend).*\nCommand dispatched/,
  )
  await logUntil(ENDED)
  const workers = await docker('top vllm_node -eo pid,args', 'spark-2')
  expect(workers.out).toMatch(/vllm serve .*--node-rank 1 .*--headless\n.*VLLM::Worker_TP1/)
  expect(memAvailableGib('spark-2')).toBeLessThan(20)
  // One node gone is the end of the other.
  await docker('kill vllm_node', 'spark-2')
  await logUntil(/died unexpectedly, shutting down executor/)
})

test('a cluster launch whose worker has no container fails on the missing peer', async () => {
  await sandbox.setFaults('spark-2', { next_launch: 'dispatch-without-container' })
  const { code, err } = await cluster()
  expect(code).toBe(0)
  expect(err).toContain('Error response from daemon: No such container: vllm_node')
  await logUntil(/ncclSystemError/)
})

test('a cluster launch is given up when the image is missing on a worker', async () => {
  await sandbox.setFaults('spark-2', { next_launch: 'missing-image' })
  const { code, out } = await cluster()
  expect(code).toBe(1)
  expect(out).toContain(
    "Error: Could not inspect image 'vllm-node' on worker node (192.168.177.12).",
  )
})

test('a cluster launch is given up when the worker does not answer by SSH', async () => {
  await sandbox.setFaults('spark-2', { ssh: 'refuse' })
  const { code, out } = await cluster()
  expect(code).toBe(1)
  expect(out).toContain('Error: Passwordless SSH to 192.168.177.12 failed.')
})

test('in the foreground the output goes to the caller, and the container goes with it', async () => {
  const { out } = await sandbox.run(
    'spark-1',
    `cd ~/spark-vllm-docker && { ./launch-cluster.sh --solo exec vllm serve nvidia/Gemma-4-26B-A4B-NVFP4 </dev/null >out 2>&1 & pid=$!; until grep -q Resolved out; do sleep 0.05; done; kill $pid; cat out; }`,
  )
  expect(out).toContain('Resolved architecture')
  await until(async () => {
    const { out } = await docker('ps -aq --filter name=^/vllm_node$')
    return out === '' ? true : undefined
  })
})

test('the launcher runs over SSH as the controller calls it', async () => {
  const { code, out } = await sandbox.run(
    'spark-1',
    'cd ~/spark-vllm-docker && timeout 60 ./launch-cluster.sh --solo -d start </dev/null',
  )
  expect(code).toBe(0)
  expect(out).toContain('Cluster started in background (Daemon mode).\n')
})

test('a model planted as the README says is served', async () => {
  const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8')
  const steps = /```sh\n(cd <data>[\s\S]*?)```/.exec(readme)?.[1] ?? ''
  await sandbox.run('spark-1', steps.replace('<data>', sandbox.dataDir))
  await solo('acme/Tiny')
  await logUntil(ENDED)
  const answer = await fetch(`http://127.0.0.1:${sandbox.ports.llm}/v1/models`)
  expect(await answer.json()).toMatchObject({ data: [{ id: 'acme/Tiny' }] })
})

test('a launch script is read for its command', async () => {
  const { code } = await sandbox.run(
    'spark-1',
    `cd ~/spark-vllm-docker && printf '#!/bin/bash\\nexport VLLM_USE_X="1"\\nvllm serve nvidia/Gemma-4-26B-A4B-NVFP4 \\\\\\n  --port ${sandbox.ports.llm}\\n' >run.sh && ./launch-cluster.sh --solo -d --launch-script run.sh`,
  )
  expect(code).toBe(0)
})
