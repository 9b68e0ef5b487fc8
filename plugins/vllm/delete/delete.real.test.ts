import { existsSync, lstatSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { keepKeyPair } from '../../../core/hosts/key-pair.ts'
import { ask, trust } from '../../../core/testing/real/ask.ts'
import {
  missingParts,
  type RealCluster,
  type RealHost,
  startRealCluster,
} from '../../../core/testing/real/cluster.ts'
import { describeWhere } from '../../../core/testing/real/describe-where.ts'
import { type SpawnedController, spawnController } from '../../../core/testing/spawn-controller.ts'
import type { JobView, PlanView } from '../../../core/views.ts'

const NAME = 'models--acme--Pulled-Inside'
const KEY = 'acme--Pulled-Inside'
const NOBODY = 65_534
const IMAGE = { tag: 'vllm-node', copies: {}, programs: {} }

/** What a download inside a container leaves on the mounted cache: files and folders of root. */
const PULL = `cd /hub && mkdir -p ${NAME}/blobs ${NAME}/refs ${NAME}/snapshots/abc .locks/${NAME} &&
  printf abc > ${NAME}/refs/main && printf '{}' > ${NAME}/blobs/c && truncate -s 3000000 ${NAME}/blobs/w &&
  ln -s ../../blobs/c ${NAME}/snapshots/abc/config.json &&
  ln -s ../../blobs/w ${NAME}/snapshots/abc/model.safetensors && touch .locks/${NAME}/w.lock`

describeWhere(missingParts(), 'deleting what containers downloaded as root, without sudo', () => {
  let dataDir: string
  let cluster: RealCluster
  let controller: SpawnedController

  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'delete-real-'))
    const { publicKey } = keepKeyPair(dataDir)
    cluster = await startRealCluster({ authorizedKeys: [publicKey], image: IMAGE, uid: NOBODY })
    const file = join(dataDir, 'topology.yaml')
    writeFileSync(file, topologyOf(cluster))
    const args = [file, '--data', dataDir, '--host', '127.0.0.1', '--port', '0']
    controller = await spawnController(args)
    for (const host of cluster.hosts) await pull(host)
    for (const host of cluster.hosts) await trust(controller, host)
  })
  afterAll(async () => {
    await controller?.kill('SIGTERM')
    await cluster?.close()
    if (dataDir) rmSync(dataDir, { recursive: true, force: true })
  })

  const hubOf = ({ home }: RealHost) => join(home, '.cache/huggingface/hub')

  const pull = (host: RealHost) =>
    host.docker(
      ...['run', '--rm', '--network', 'none', '-v', `${hubOf(host)}:/hub`],
      ...['vllm-node', 'sh', '-c', PULL],
    )

  it('the login user owns none of it, and the plan says a container will remove it', async () => {
    for (const host of cluster.hosts) {
      const { uid } = lstatSync(join(hubOf(host), NAME, 'blobs'))
      expect(uid).toBe(0)
    }
    await ask(controller, '/api/models/rescan', {})
    const { status, body } = await ask<PlanView>(
      controller,
      `/api/models/${KEY}?dry_run=true`,
      undefined,
      'DELETE',
    )
    expect(status).toBe(200)
    const [first] = cluster.hosts
    expect(body.commands.map(({ command }) => command)).toContain(
      `docker run --rm --pull never --network none --user 0 --entrypoint rm -v ${hubOf(first)}:/h vllm-node -rf -- /h/${NAME} /h/.locks/${NAME}`,
    )
  })

  it('it is gone from both hosts afterwards, locks included, and no container is left', async () => {
    const { body } = await ask<{ job: JobView }>(
      controller,
      `/api/models/${KEY}?confirm=${KEY}`,
      undefined,
      'DELETE',
    )
    const { body: job } = await ask<JobView>(controller, `/api/jobs/${body.job.id}?wait=60`)
    expect(job).toMatchObject({
      state: 'succeeded',
      result: {
        hosts: [
          { host: 'spark-1', freed_bytes: 3_000_005, left_bytes: 0 },
          { host: 'spark-2', freed_bytes: 3_000_005, left_bytes: 0 },
        ],
      },
    })
    for (const host of cluster.hosts) {
      expect(existsSync(join(hubOf(host), NAME))).toBe(false)
      expect(existsSync(join(hubOf(host), '.locks', NAME))).toBe(false)
      expect(await host.docker('ps', '-aq')).toBe('')
    }
  })

  it('without the image it says what is left and how to remove it by hand', async () => {
    const [first] = cluster.hosts
    await pull(first)
    await first.docker('rmi', '-f', 'vllm-node')
    await ask(controller, '/api/models/rescan', {})
    const { body } = await ask<{ job: JobView }>(
      controller,
      `/api/models/${KEY}?confirm=${KEY}`,
      undefined,
      'DELETE',
    )
    const { body: job } = await ask<JobView>(controller, `/api/jobs/${body.job.id}?wait=60`)
    expect(job).toMatchObject({
      state: 'failed',
      error: {
        code: 'DELETE_INCOMPLETE',
        message: expect.stringMatching(/on spark-1 3 MB are left \(.*image/i),
        hint: `on spark-1: sudo rm -rf ${join(hubOf(first), NAME)} ${join(hubOf(first), '.locks', NAME)}`,
      },
    })
  })
})

function topologyOf({ hosts }: RealCluster): string {
  const entries = hosts.map(
    ({ id, address, sshPort, user }) =>
      `  ${id}: { address: ${address}, user: ${user}, ssh: { port: ${sshPort} } }\n`,
  )
  // nothing listens there: the model is on the disks only
  return `cluster: real
hosts:
${entries.join('')}services:
  llm: { kind: vllm, host: spark-1, port: 9, nodes: [spark-1, spark-2], launcher_dir: ~/x }
`
}
