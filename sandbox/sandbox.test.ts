import {
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, afterEach, expect, test } from 'vitest'
import { parse } from 'yaml'
import { FAULTS } from './fault-list.ts'
import { parseFaults } from './faults.ts'
import { FIRST_SERVICES } from './first-services.ts'
import { isAlive } from './lock.ts'
import { closeServer, listen, type Ports } from './ports.ts'
import { spawnSandbox } from './spawn.ts'
import { startSandbox } from './start.ts'
import { startTestSandbox, TEST_KEYS } from './testing/test-sandbox.ts'

const dataDir = mkdtempSync(join(tmpdir(), 'sandbox-life-'))
const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})
afterAll(() => rmSync(dataDir, { recursive: true, force: true }))

const options = { dataDir, authorizedKeys: [TEST_KEYS.public], speed: 200 }
const empty = { ...options, first: 'nothing' } as const
const allPorts = (ports: Ports) => [
  ports.control,
  ports.gate,
  ports.llm,
  ports['llm-2'],
  ...Object.values(ports.ssh),
]
const attempt = <T>(work: () => T): T | undefined => {
  try {
    return work()
  } catch {
    return undefined
  }
}
const isFree = async (port: number) => {
  const server = createServer()
  if (!(await listen(server, port))) return false
  await closeServer(server)
  return true
}

test('ports and host keys stay across a restart, and close leaves no port behind', async () => {
  const first = await startSandbox(empty)
  const { ports } = first
  const keys = first.hosts.map((host) => host.hostKey)
  await first.close()
  expect(await Promise.all(allPorts(ports).map(isFree))).not.toContain(false)
  const second = await startSandbox(empty)
  closers.push(second.close)
  expect(second.ports).toEqual(ports)
  expect(second.hosts.map((host) => host.hostKey)).toEqual(keys)
  expect(keys[0]).toMatch(/^ssh-ed25519 /)
})

test('two sandboxes started at once never share a port', async () => {
  const both = await Promise.all([
    startTestSandbox({ first: 'nothing', seed: 7 }),
    startTestSandbox({ first: 'nothing', seed: 7 }),
  ])
  closers.push(...both.map((each) => each.close))
  const ports = both.flatMap((each) => allPorts(each.ports))
  expect(new Set(ports).size).toBe(ports.length)
})

test('a port that another program took meanwhile is replaced', async () => {
  const first = await startSandbox(empty)
  await first.close()
  const squatter = createServer()
  await listen(squatter, first.ports.llm)
  const second = await startSandbox(empty)
  closers.push(second.close, () => closeServer(squatter))
  expect(allPorts(second.ports)).not.toContain(first.ports.llm)
})

test('a second sandbox on the same folder is refused', async () => {
  const first = await startSandbox(empty)
  closers.push(first.close)
  await expect(startSandbox(options)).rejects.toThrow('a sandbox runs on')
})

test('what a command left running is ended by close, setsid or not', async () => {
  const sandbox = await startTestSandbox({ first: 'nothing' })
  const { out } = await sandbox.run(
    'spark-1',
    "setsid sh -c 'echo $$ > detached; exec sleep 600' >/dev/null 2>&1 & sleep 600 >/dev/null 2>&1 & echo $!; while ! [ -s detached ]; do :; done; cat detached",
  )
  const pids = out.trim().split('\n').map(Number)
  expect(pids.map(isAlive)).toEqual([true, true])
  await sandbox.close()
  for (let tries = 0; tries < 100 && pids.some(isAlive); tries += 1) await wait(10)
  expect(pids.map(isAlive)).toEqual([false, false])
})

test('the topology names two hosts and what runs on them', async () => {
  const sandbox = await startTestSandbox({ first: 'nothing' })
  closers.push(sandbox.close)
  const { ports } = sandbox
  expect(parse(sandbox.topologyYaml)).toMatchObject({
    cluster: 'sandbox',
    hosts: {
      'spark-1': {
        address: '127.0.0.1',
        user: 'sandbox',
        ssh: { port: ports.ssh['spark-1'] },
        fabric: '192.168.177.11',
      },
      'spark-2': {
        address: '127.0.0.1',
        user: 'sandbox',
        ssh: { port: ports.ssh['spark-2'] },
        fabric: '192.168.177.12',
      },
    },
    services: {
      llm: {
        kind: 'vllm',
        host: 'spark-1',
        port: ports.llm,
        nodes: ['spark-1', 'spark-2'],
        launcher_dir: '~/spark-vllm-docker',
      },
      'llm-2': {
        kind: 'vllm',
        host: 'spark-2',
        port: ports['llm-2'],
        nodes: ['spark-2'],
        launcher_dir: '~/spark-vllm-docker',
        container: 'vllm_node_2',
        manage: false,
      },
      board: {
        kind: 'container',
        host: 'spark-2',
        port: ports.services.board,
        container: 'board',
        health: '/health',
      },
      embeddings: {
        kind: 'embeddings',
        host: 'spark-2',
        port: ports.services.embeddings,
        container: 'bge-m3',
        model: 'BAAI/bge-m3',
        rerank: { port: ports.services.reranker, container: 'reranker' },
        qdrant: { port: ports.services.qdrant, container: 'qdrant' },
      },
      asr: {
        kind: 'parakeet',
        host: 'spark-2',
        port: ports.services.asr,
        container: 'parakeet-asr',
        diarize: '/v1/audio/diarization',
        diarizer: { port: ports.services.diarizer, container: 'diarizer' },
      },
    },
  })
})

test('the cache of a host has the hub’s layout, with weights of full size that take no space', async () => {
  const sandbox = await startTestSandbox({ first: 'planted' })
  closers.push(sandbox.close)
  const hub = join(sandbox.hosts[0]?.home ?? '', '.cache/huggingface/hub')
  const model = join(hub, 'models--Qwen--Qwen3.6-35B-A3B-FP8')
  const commit = readFileSync(join(model, 'refs/main'), 'utf8')
  const snapshot = join(model, 'snapshots', commit)
  const shard = join(snapshot, 'model-00001-of-00014.safetensors')
  expect(readlinkSync(shard)).toMatch(/^\.\.\/\.\.\/blobs\/[0-9a-f]{64}$/)
  expect(statSync(shard).size * 14).toBeGreaterThan(35 * 1024 ** 3)
  expect(statSync(shard).blocks).toBeLessThan(100)
  const config = JSON.parse(readFileSync(join(snapshot, 'config.json'), 'utf8'))
  expect(config).toMatchObject({ model_type: 'qwen3_5_moe', text_config: { num_experts: 256 } })
  const tree = JSON.parse(readFileSync(join(model, `trees/${commit}.json`), 'utf8'))
  expect(tree.files['config.json'].size).toBe(statSync(join(snapshot, 'config.json')).size)
  const partial = await sandbox.run('spark-1', `ls ${hub}/models--Qwen--Qwen3-Coder-Next-FP8/blobs`)
  expect(partial.out).toMatch(/^[0-9a-f]{64}\.[0-9a-f]{8}\.incomplete$/m)
})

test('deleted models stay deleted after a restart', async () => {
  const first = await startTestSandbox({ first: 'planted', dataDir })
  const model = join(
    first.hosts[0]?.home ?? '',
    '.cache/huggingface/hub/models--openai--gpt-oss-120b',
  )
  expect(lstatSync(model).isDirectory()).toBe(true)
  rmSync(model, { recursive: true })
  await first.close()
  const second = await startTestSandbox({ first: 'planted', dataDir })
  closers.push(second.close)
  expect(existsSync(model)).toBe(false)
})

test('a sandbox of its own process is adopted by the next controller and ended by close', async () => {
  const first = await spawnSandbox(options)
  expect(first.isAdopted).toBe(false)
  const second = await spawnSandbox(options)
  expect(second).toMatchObject({
    isAdopted: true,
    pid: first.pid,
    topologyYaml: first.topologyYaml,
  })
  const facts = await (await fetch(first.controlUrl)).json()
  expect(facts).toMatchObject({ simulated: true, instance: first.instance })
  await second.close()
  expect(isAlive(first.pid)).toBe(false)
  expect(await Promise.all(allPorts(first.ports).map(isFree))).not.toContain(false)
})

test('whoever starts a sandbox process keeps nothing of its log', async () => {
  const sandbox = await spawnSandbox(options)
  closers.push(sandbox.close)
  const log = join(dataDir, 'sandbox', 'sandbox.log')
  if (process.platform === 'linux') {
    const open = readdirSync('/proc/self/fd').map((fd) =>
      attempt(() => readlinkSync(`/proc/self/fd/${fd}`)),
    )
    expect(open).not.toContain(log)
  }
  rmSync(log)
  await sandbox.close() // reads no log, for it is no failed start
})

test('two controllers that start at once share one sandbox process', async () => {
  const [first, second] = await Promise.all([spawnSandbox(options), spawnSandbox(options)])
  closers.push(first.close)
  expect(second.pid).toBe(first.pid)
})

test('a sandbox process that was killed is started anew on the same ports', async () => {
  const first = await spawnSandbox(options)
  process.kill(first.pid, 'SIGKILL')
  for (let tries = 0; tries < 200 && isAlive(first.pid); tries += 1) await wait(10)
  const second = await spawnSandbox(options)
  closers.push(second.close)
  expect(second.isAdopted).toBe(false)
  expect(second.ports).toEqual(first.ports)
})

test('the control API lists, sets and clears faults, and names every mistake', async () => {
  const sandbox = await startTestSandbox({ first: 'nothing' })
  closers.push(sandbox.close)
  const set = await sandbox.setFaults('spark-1', { next_launch: 'oom' })
  expect([set.status, await set.json()]).toEqual([
    200,
    { faults: { 'spark-1': { next_launch: 'oom' }, 'spark-2': {} } },
  ])
  const bad = await sandbox.setFaults('spark-1', { next_launch: 'nope', bogus: 1 })
  expect([bad.status, await bad.json()]).toEqual([
    400,
    {
      error: {
        code: 'VALIDATION',
        message: expect.stringMatching(
          /next_launch is "nope"; possible are oom, .*; bogus is no fault/,
        ),
      },
    },
  ])
  expect((await sandbox.setFaults('spark-9', {})).status).toBe(404)
  const shown = await (await fetch(`${sandbox.controlUrl}/faults`)).json()
  expect(shown).toMatchObject({ available: FAULTS, faults: { 'spark-1': { next_launch: 'oom' } } })
  await fetch(`${sandbox.controlUrl}/faults`, { method: 'DELETE' })
  const cleared = await (await fetch(`${sandbox.controlUrl}/faults`)).json()
  expect(cleared).toMatchObject({ faults: { 'spark-1': {}, 'spark-2': {} } })
})

test('every fault that is offered can be set, and has a name of its own', () => {
  for (const fault of FAULTS) expect(parseFaults(fault.put)).toEqual({ faults: fault.put })
  expect(new Set(FAULTS.map((fault) => fault.id)).size).toBe(FAULTS.length)
})

test('a fault of a small server is put on the host it runs on', () => {
  const hosts = new Set(FIRST_SERVICES.map(({ host }) => host))
  expect([...hosts]).toEqual(['spark-2'])
  const small = FAULTS.filter(({ put }) => put.tts ?? put.qdrant ?? put.speech)
  expect(small.length).toBeGreaterThan(10)
  for (const { id, host } of small) expect([id, host]).toEqual([id, 'spark-2'])
})
