import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { keepKeyPair } from '../../../core/hosts/key-pair.ts'
import { listenOnLoopback } from '../../../core/hosts/testing/listen.ts'
import { ask, trust } from '../../../core/testing/real/ask.ts'
import {
  missingParts,
  type RealCluster,
  type RealHost,
  startRealCluster,
} from '../../../core/testing/real/cluster.ts'
import { describeWhere } from '../../../core/testing/real/describe-where.ts'
import { type SpawnedController, spawnController } from '../../../core/testing/spawn-controller.ts'
import type { JobView } from '../../../core/views.ts'

const REPO = 'acme/Small-1B'
const NAME = 'models--acme--Small-1B'
const SHA = createHash('sha1').update('commit').digest('hex')
const CONFIG = '{"model_type":"qwen3","architectures":["Qwen3ForCausalLM"]}'
const SHARD_BYTES = 4_000_000
const FILES = [
  { path: 'config.json', size: CONFIG.length, blob: 'c'.repeat(40) },
  { path: 'model-00001-of-00002.safetensors', size: SHARD_BYTES, blob: 'a'.repeat(64) },
  { path: 'model-00002-of-00002.safetensors', size: SHARD_BYTES, blob: 'b'.repeat(64) },
]

/** `hf download` as far as the cache shows it; it stops in the middle while the file `hold` is there. */
const HF = `#!/bin/sh
root=$HF_HUB_CACHE/${NAME}
mkdir -p "$root/blobs" "$root/refs" "$root/snapshots/${SHA}"
printf ${SHA} > "$root/refs/main"
put() { [ -e "$root/blobs/$2" ] || mv "$3" "$root/blobs/$2"; ln -sf "../../blobs/$2" "$root/snapshots/${SHA}/$1"; }
printf '%s' '${CONFIG}' > "$root/blobs/config.new" && put config.json ${'c'.repeat(40)} "$root/blobs/config.new"
for n in 1 2; do
  [ "$n" = 1 ] && blob=${'a'.repeat(64)} || blob=${'b'.repeat(64)}
  [ -e "$root/blobs/$blob" ] && continue
  part=$root/blobs/$blob.0123abcd.incomplete
  head -c ${SHARD_BYTES / 2} /dev/urandom > "$part"
  while [ -e "$HOME/hold" ]; do sleep 0.1; done
  head -c ${SHARD_BYTES / 2} /dev/urandom >> "$part"
  put "model-0000$n-of-00002.safetensors" "$blob" "$part"
done
`

/** Makes the image's python3 do the same: it is asked for the library first, then to download. */
const PYTHON = `cat > /bin/python3 << 'PYTHON'
#!/bin/sh
case $2 in 'import huggingface_hub') exit 0 ;; esac
[ "$3" = ${REPO} ] || exit 1
${HF}PYTHON
chmod 755 /bin/python3`

describeWhere(missingParts(), 'a download on two real hosts, over real SSH', () => {
  let dataDir: string
  let cluster: RealCluster
  let controller: SpawnedController
  let hub: { server: Server; port: number; close(): Promise<void> }
  let args: string[]

  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'download-real-'))
    const { publicKey } = keepKeyPair(dataDir)
    const server = createServer((_, response) => response.end(JSON.stringify(described())))
    hub = { server, ...(await listenOnLoopback(server)) }
    cluster = await startRealCluster({
      authorizedKeys: [publicKey],
      image: { tag: 'vllm-node', copies: {}, programs: {} },
    })
    const [first] = cluster.hosts
    // where uv and pipx put it, and where no command over SSH looks by itself
    mkdirSync(join(first.home, '.local/bin'), { recursive: true })
    writeFileSync(join(first.home, '.local/bin/hf'), HF, { mode: 0o755 })
    const file = join(dataDir, 'topology.yaml')
    writeFileSync(file, topologyOf(cluster, hub.port))
    args = [file, '--data', dataDir, '--host', '127.0.0.1', '--port', '0']
    controller = await spawnController(args)
    for (const host of cluster.hosts) await trust(controller, host)
  })
  afterAll(async () => {
    await controller?.kill('SIGTERM')
    await cluster?.close()
    await hub?.close()
    if (dataDir) rmSync(dataDir, { recursive: true, force: true })
  })

  const described = () => ({
    sha: SHA,
    gated: false,
    siblings: FILES.map(({ path, size, blob }) => ({ rfilename: path, size, blobId: blob })),
  })
  const hubOf = ({ home }: RealHost) => join(home, '.cache/huggingface/hub')
  const blobsOf = (host: RealHost) =>
    existsSync(join(hubOf(host), NAME, 'blobs'))
      ? readdirSync(join(hubOf(host), NAME, 'blobs'))
      : []
  const hold = (isHeld: boolean) => {
    const file = join(cluster.hosts[0].home, 'hold')
    if (isHeld) writeFileSync(file, '')
    else rmSync(file)
  }

  /** Processes of downloads and copies on these hosts. */
  const workers = (): string[] =>
    readdirSync('/proc').filter((pid) => {
      try {
        const environ = /^\d+$/.test(pid) ? readFileSync(`/proc/${pid}/environ`, 'latin1') : ''
        return cluster.hosts.some(({ home }) => environ.includes(`SPARK_CONTROL_WORK=${home}/`))
      } catch {
        // ended while we looked
        return false
      }
    })

  /** Starts it held in the middle of the first shard. */
  async function startHeld(): Promise<JobView> {
    hold(true)
    const { status, body } = await ask<{ job: JobView }>(controller, '/api/downloads', {
      repo: REPO,
      hosts: ['spark-1', 'spark-2'],
    })
    expect(status).toBe(202)
    await vi.waitFor(
      () =>
        expect(blobsOf(cluster.hosts[0]).some((name) => name.endsWith('.incomplete'))).toBe(true),
      { timeout: 20_000, interval: 50 },
    )
    return body.job
  }

  async function ended({ id }: JobView): Promise<JobView> {
    for (;;) {
      const { body } = await ask<JobView>(controller, `/api/jobs/${id}?wait=60`)
      if (body.ended_at !== null) return body
    }
  }

  it('cancelled leaves no process and no partial file', async () => {
    const job = await startHeld()
    await ask(controller, `/api/jobs/${job.id}/cancel`, {})
    expect(await ended(job)).toMatchObject({ state: 'cancelled' })
    expect(workers()).toEqual([])
    expect(blobsOf(cluster.hosts[0])).toEqual(['c'.repeat(40)])
    hold(false)
  })

  it('outlives its controller, is copied by ssh from host to host, and is the same on both', async () => {
    const job = await startHeld()
    await controller.kill('SIGKILL')
    expect(workers()).not.toEqual([])
    controller = await spawnController(args)
    hold(false)
    expect(await ended(job)).toMatchObject({
      state: 'succeeded',
      result: { revision: SHA, hosts: ['spark-1', 'spark-2'] },
    })
    const [first, second] = cluster.hosts
    for (const { path, size } of FILES) {
      const [one, other] = [first, second].map((host) =>
        readFileSync(join(hubOf(host), NAME, 'snapshots', SHA, path)),
      )
      expect(one?.length).toBe(size)
      expect(other?.equals(one as Buffer)).toBe(true)
    }
    expect(readdirSync(hubOf(second))).toEqual([NAME])
    expect(workers()).toEqual([])
  })

  it('where nothing can download says what to install', async () => {
    const { status, body } = await ask<{ error: { code: string; hint: string } }>(
      controller,
      '/api/downloads',
      {
        repo: 'acme/Other',
        hosts: ['spark-2'],
      },
    )
    expect(status).toBe(502)
    expect(body.error).toMatchObject({
      code: 'DOWNLOADER_MISSING',
      hint: expect.stringContaining('astral.sh/uv/install.sh'),
    })
  })

  it('with huggingface_hub in the engine’s image, a container of it downloads', async () => {
    const [, second] = cluster.hosts
    await second.docker('run', '--name', 'base', 'vllm-node', 'sh', '-c', PYTHON)
    await second.docker('commit', 'base', 'vllm-node')
    await second.docker('rm', 'base')
    rmSync(join(hubOf(second), NAME), { recursive: true })
    rmSync(join(hubOf(cluster.hosts[0]), NAME), { recursive: true })
    const { body } = await ask<{ job: JobView }>(controller, '/api/downloads', {
      repo: REPO,
      hosts: ['spark-2'],
    })
    expect(await ended(body.job)).toMatchObject({ state: 'succeeded' })
    expect(blobsOf(second).toSorted()).toEqual(FILES.map(({ blob }) => blob).toSorted())
    expect(await second.docker('ps', '-aq')).toBe('')
  })
})

function topologyOf({ hosts }: RealCluster, hubPort: number): string {
  const entries = hosts.map(
    ({ id, address, sshPort, user }) =>
      `  ${id}: { address: ${address}, fabric: ${address}, user: ${user}, ssh: { port: ${sshPort} } }\n`,
  )
  // nothing listens there: this is about the disks only
  return `cluster: real
hosts:
${entries.join('')}services:
  llm:
    kind: vllm
    host: spark-1
    port: 9
    nodes: [spark-1, spark-2]
    launcher_dir: ~/x
    env: { HF_ENDPOINT: "http://127.0.0.1:${hubPort}" }
`
}
