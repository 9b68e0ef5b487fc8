import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { shellBlock } from '../../../docs/testing/code-blocks.ts'
import { loadCatalog } from '../../catalog.ts'
import { readTopologyText } from '../../check-file.ts'
import { systemClock } from '../../clock.ts'
import { examine } from '../../doctor/doctor.ts'
import { importAll } from '../../import/import-all.ts'
import type { JobView } from '../../views.ts'
import { canRunExamples, runDocExamples } from '../doc-examples.ts'
import { startTestCluster, type TestCluster } from '../test-cluster.ts'

const MAIN = fileURLToPath(new URL('../../main.ts', import.meta.url))
const dryRun = shellBlock('docs/guides/coming-from-first.md', 'import')
const programs = [
  shellBlock('docs/guides/coming-from-first.md', 'address'),
  shellBlock('docs/guides/coming-from-first.md', 'models'),
  shellBlock('docs/guides/coming-from-first.md', 'scrub'),
  shellBlock('docs/guides/coming-from-first.md', 'bot'),
]

const MODELS = `
models:
  gemma:
    name: Gemma 4 26B
    repo: nvidia/Gemma-4-26B-A4B-NVFP4
    mode: solo
    launch: >-
      cd ~/spark-vllm-docker && ./launch-cluster.sh --solo -d exec vllm serve
      nvidia/Gemma-4-26B-A4B-NVFP4 --port {port} --max-model-len 65536 --gpu-memory-utilization 0.9
    port: 8888
    estimated_seconds: 240
    warm_prompt: hello
  wide: { title: Qwen3 235B, model: nvidia/Qwen3-235B-A22B-NVFP4, tensor_parallel: 2 }
`

/** What an owner of the first Spark Control on this cluster would have had. */
function writeOldFiles(folder: string, topologyYaml: string): void {
  const { hosts, services } = parse(topologyYaml)
  const env = Object.entries<Record<string, never>>(hosts).flatMap(([, host], n) => [
    `SPARK${n + 1}_HOST=${host.address}`,
    `SPARK${n + 1}_USER=${host.user}`,
    `SPARK${n + 1}_SSH_PORT=${(host.ssh as unknown as { port: number }).port}`,
    `SPARK${n + 1}_FABRIC_IP=${host.fabric}`,
  ])
  const bot = hosts['spark-2'].user
  env.push(`VLLM_PORT=${services.llm.port}`, 'VLLM_CONTAINER=vllm_node', 'HF_TOKEN=hf_oldsecret')
  env.push('KOKORO_HOST=spark2', `KOKORO_PORT=${services.tts.port}`, 'OLD_SWITCH=1')
  env.push('PARAKEET_HOST=spark2', `PARAKEET_PORT=${services.asr.port}`, 'DISABLED_SERVICES=kokoro')
  env.push(
    'MATRIX_BRIDGE_HOST=spark2',
    `MATRIX_BRIDGE_USER=${bot}`,
    'MATRIX_BRIDGE_CONTAINER=board',
  )
  writeFileSync(join(folder, '.env'), `${env.join('\n')}\n`)
  writeFileSync(join(folder, 'models.yaml'), MODELS)
  writeFileSync(join(folder, 'overrides.yaml'), 'gemma: { gpu_memory_utilization: 0.7 }\n')
}

let folder: string
let cluster: TestCluster
/** The page's own command, but that it writes. */
const runImport = (): string => {
  const line = dryRun.trim().replace(' --dry-run', '')
  const command = line.replace('spark-control', `'${process.execPath}' '${MAIN}'`)
  return execFileSync('sh', ['-c', `${command} 2>&1`], { cwd: folder, encoding: 'utf8' })
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'coming-from-'))
  const catalog = await loadCatalog()
  const old = (file: string) => ({ file, text: readFileSync(join(folder, file), 'utf8') })
  cluster = await startTestCluster({
    topology: (yaml) => {
      writeOldFiles(folder, yaml)
      const files = {
        models: old('models.yaml'),
        overrides: old('overrides.yaml'),
        env: old('.env'),
      }
      return importAll(files, catalog, process.env).topology
    },
  })
})
afterAll(async () => {
  await cluster?.close()
  rmSync(folder, { recursive: true, force: true })
})

describe('what the first Spark Control had', () => {
  it('is told as far as it did not go over, and kept in comments, without its secrets', () => {
    const said = runImport()
    expect(said).toContain('models.yaml:12:5  gemma.warm_prompt: not understood')
    expect(said).toMatch(/\.env:\d+:1 {2}not understood: OLD_SWITCH/)
    expect(said).not.toContain('hf_oldsecret')
    const topology = readFileSync(join(folder, 'topology.yaml'), 'utf8')
    expect(topology).toBe(readFileSync(cluster.file, 'utf8'))
    cpSync(join(folder, 'data', 'recipes'), join(cluster.dataDir, 'recipes'), { recursive: true })
    expect(topology).toContain('# not understood: OLD_SWITCH=1\n')
    expect(topology).toContain('launcher_dir: ~/spark-vllm-docker # check: ')
  })

  it('is a topology the doctor finds nothing wrong with', async () => {
    const text = readFileSync(cluster.file, 'utf8')
    const { topology, diagnostics, catalog } = await readTopologyText(cluster.file, text)
    expect(diagnostics).toEqual([])
    if (!topology) throw new Error('no topology')
    const findings = await examine(topology, {
      ...{ dataDir: cluster.dataDir, clock: systemClock, log: pino({ level: 'silent' }) },
      kinds: catalog.kinds,
    })
    expect(findings.filter(({ level }) => level === 'bad')).toEqual([])
  })
})

describe('programs of the first Spark Control', () => {
  it('do what docs/guides/coming-from-first.md says', async ({ skip }) => {
    if (!(await canRunExamples())) skip('curl is not installed')
    const { examples } = await runDocExamples(
      programs.map((text) => `\`\`\`sh\n${text}\`\`\`\n`).join(''),
      cluster.url,
    )
    expect(examples).toBe(3)
  })

  it('find the models, and swap to one by the name it had', async () => {
    interface Models {
      models: {
        key: string
        repo: string
        state: string
        recipe: object | null
        running: object[]
      }[]
    }
    const { body } = await cluster.ask<Models>('/api/models')
    const gemma = body.models.find(({ repo }) => repo === 'nvidia/Gemma-4-26B-A4B-NVFP4')
    expect(gemma).toMatchObject({
      state: 'ready',
      recipe: { names: ['gemma'], max_model_len: 65536, gpu_memory_utilization: 0.7, nodes: 1 },
    })
    const swap = await cluster.post<{ job: JobView }>('/api/swap', { model: 'gemma' })
    expect(swap.status).toBe(202)
    const job = await cluster.ended(swap.body.job)
    expect(job.error).toBeUndefined()
    expect(job.state).toBe('succeeded')
    const again = await cluster.post<{ unchanged: boolean }>('/api/swap', { model: 'gemma' })
    expect([again.status, again.body.unchanged]).toEqual([200, true])
    const unknown = await cluster.post('/api/swap', { model: 'nobody' })
    expect([unknown.status, unknown.body.error.code]).toEqual([404, 'MODEL_NOT_FOUND'])
  })

  it('scrub and rehydrate', async () => {
    const text = 'Write to alice@example.org.'
    const scrubbed = await cluster.post<{ text: string; handle: string }>('/scrub', { text })
    expect(scrubbed.body).toMatchObject({ counts: { EMAIL: 1 }, spans: [{ type: 'EMAIL' }] })
    const { text: masked, handle } = scrubbed.body
    expect(masked).not.toContain('alice')
    const back = await cluster.post('/rehydrate', { text: masked, handle })
    expect(back.body).toMatchObject({ text, exact: 1, tolerant: 0, unresolved: 0 })
  })

  it('look after the bot', async () => {
    const logs = await cluster.ask('/api/matrix-bridge/logs?tail=5')
    expect([logs.status, logs.headers.get('content-type')]).toEqual([
      200,
      expect.stringContaining('text/event-stream'),
    ])
    for (const act of ['stop', 'start', 'restart']) {
      const { status, body } = await cluster.post<{ job: JobView }>(`/api/matrix-bridge/${act}`)
      expect(status).toBe(202)
      expect(await cluster.ended(body.job)).toMatchObject({ state: 'succeeded' })
    }
    const update = await cluster.post('/api/matrix-bridge/update')
    expect([update.status, update.body.error.code]).toEqual([409, 'MATRIX_BRIDGE_NOT_SET_UP'])
  })
})
