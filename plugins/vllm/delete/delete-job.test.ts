import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createShellHost } from '../../../core/hosts/testing/shell-host.ts'
import { measureFolders } from '../disk/measure-folders.ts'
import { createFakeCluster } from '../testing/fake-cluster.ts'
import { createFakeJob, createFakeService, Killed, livingUntil } from '../testing/fake-service.ts'
import { plantFile, plantModel, uproot } from '../testing/plant.ts'
import { type DeleteInput, deleteJob } from './delete-job.ts'

const NAME = 'models--Org--Big'
let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'vllm-delete-'))
})
afterEach(() => uproot(root))

const hubOf = (host: string) => join(root, host, 'hub')

/** Two hosts with the model, its locks and what must stay. */
function createHosts(ids = ['spark-1', 'spark-2']) {
  return new Map(
    ids.map((id) => {
      plantModel(hubOf(id), 'Org/Big', { 'config.json': '{}', 'model.safetensors': 5e9 })
      plantModel(hubOf(id), 'Org/Bigger', { 'config.json': '{}', 'model.safetensors': 7 })
      plantFile(join(hubOf(id), NAME, 'blobs', 'x.0123abcd.incomplete'), 3e9, 9_999)
      plantFile(join(hubOf(id), '.locks', NAME, 'x.lock'), '')
      const bin = join(root, id, 'bin')
      mkdirSync(bin)
      return [id, createShellHost(id, { home: join(root, id), bin: [bin] })]
    }),
  )
}

const inputFor = (hosts: Iterable<string>): DeleteInput => ({
  model: 'Org/Big',
  title: 'Big',
  places: [...hosts].map((host) => ({
    place: { host, source: 'hf-cache', parent: hubOf(host), name: NAME },
    bytes: 8e9,
    images: ['vllm-node'],
  })),
})

function run(hosts: ReturnType<typeof createHosts>, job = createFakeJob(inputFor(hosts.keys()))) {
  const service = { ...createFakeService(createFakeCluster()), hosts }
  return { job, result: livingUntil(job, deleteJob.run(job, service)) }
}

/** A program before the real one on a host's PATH. */
function standIn(host: string, name: string, text: string): void {
  const file = join(root, host, 'bin', name)
  writeFileSync(file, `#!/bin/sh\n${text}\n`)
  chmodSync(file, 0o755)
}

/** rm that leaves the model on its disk, as for a user who does not own it. */
const REFUSING = `for path; do case $path in */hub/*) echo "rm: cannot remove '$path': Permission denied" >&2; exit 1 ;; esac; done; exec /bin/rm "$@"`

describe('deleting a model', () => {
  it('removes it with its locks and debris from every host, and nothing else', async () => {
    const hosts = createHosts()
    expect(await run(hosts).result).toEqual({
      model: 'Org/Big',
      hosts: [
        { host: 'spark-1', freed_bytes: 8e9, left_bytes: 0 },
        { host: 'spark-2', freed_bytes: 8e9, left_bytes: 0 },
      ],
    })
    for (const id of hosts.keys()) {
      expect(readdirSync(hubOf(id))).toEqual(['.locks', 'models--Org--Bigger'])
      expect(readdirSync(join(hubOf(id), '.locks'))).toEqual([])
    }
  })

  it('on a host that is away fails by name, after the others are done', async () => {
    const hosts = createHosts()
    const [first] = hosts.values()
    if (first) first.isDown = true
    await expect(run(hosts).result).rejects.toMatchObject({
      code: 'DELETE_INCOMPLETE',
      message:
        'Big is not wholly deleted: gone from spark-2 (8.0 GB freed); on spark-1 it failed (spark-1 does not answer)',
    })
    expect(existsSync(join(hubOf('spark-2'), NAME))).toBe(false)
  })

  it('that will not go says what is left, why, and what to do by hand', async () => {
    const hosts = createHosts(['spark-1'])
    standIn('spark-1', 'rm', REFUSING)
    const { job, result } = run(hosts)
    await expect(result).rejects.toMatchObject({
      code: 'DELETE_INCOMPLETE',
      message: expect.stringMatching(/on spark-1 8\.0 GB are left \(rm: cannot remove .*denied\)/),
      hint: `on spark-1: sudo rm -rf ${join(hubOf('spark-1'), NAME)} ${join(hubOf('spark-1'), '.locks', NAME)}`,
    })
    expect(job.lines.at(-1)).toMatch(/8\.0 GB are left/)
  })

  it('killed in the middle is gone through again to its end', async () => {
    const hosts = createHosts()
    const input = inputFor(hosts.keys())
    const steps = { done: new Map<string, string>(), attempts: new Map<string, number>() }
    for (const when of ['before', 'after'] as const) {
      const killed = createFakeJob(input, { steps, killIn: { step: 'delete 1', when } })
      await expect(run(hosts, killed).result).rejects.toThrow(Killed)
    }
    expect(await run(hosts, createFakeJob(input, { steps })).result).toMatchObject({
      hosts: [{ freed_bytes: 8e9 }, { freed_bytes: 8e9 }],
    })
  })

  it('cancelled leaves the hosts whose turn has not come', async () => {
    const hosts = createHosts()
    const job = createFakeJob(inputFor(hosts.keys()), {
      onPhase: (phase, each) => {
        if (phase === 'deleting on spark-2') each.cancel()
      },
    })
    await expect(run(hosts, job).result).rejects.toMatchObject({ code: 'JOB_CANCELLED' })
    expect(existsSync(join(hubOf('spark-2'), NAME))).toBe(true)
  })
})

describe('a look at a model’s folder', () => {
  it('sums its bytes and tells a live download from a dead one', async () => {
    const [host] = createHosts(['spark-1']).values()
    if (!host) throw new Error('no host')
    const path = join(hubOf('spark-1'), NAME)
    expect(await measureFolders(host, [path])).toMatchObject({
      present: [path],
      files: 4,
      sizeBytes: 8e9 + 42,
      isWriting: false,
    })
    plantFile(join(path, 'blobs', 'y.incomplete'), 5)
    expect(await measureFolders(host, [path])).toMatchObject({ isWriting: true })
    expect(await measureFolders(host, [join(root, 'nowhere')])).toMatchObject({ present: [] })
  })

  it('tells one disk seen twice from two copies', async () => {
    const [one, two] = [...createHosts().values()]
    if (!one || !two) throw new Error('two hosts')
    const [first, second] = ['spark-1', 'spark-2'].map((id) => join(hubOf(id), NAME))
    const print = async (host: typeof one, path = '') =>
      (await measureFolders(host, [path])).fingerprint
    expect(await print(two, first)).toBe(await print(one, first))
    expect(await print(two, second)).not.toBe(await print(one, first))
  })
})
