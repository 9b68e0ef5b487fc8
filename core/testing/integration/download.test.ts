import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { ErrorView, JobView, PlanView } from '../../views.ts'
import { startTestCluster, type TestCluster, until } from '../test-cluster.ts'
import { thorough } from '../thorough.ts'

const REPO = 'Qwen/Qwen3-8B'
const NAME = 'models--Qwen--Qwen3-8B'
const BOTH = ['spark-1', 'spark-2']

interface Downloads {
  downloads: { host: string; kind: string; done_bytes: number; total_bytes: number | null }[]
}
interface Models {
  models: { repo: string; hosts: { host: string; state: string }[] }[]
}

let cluster: TestCluster
beforeAll(async () => {
  cluster = await startTestCluster({ sandboxSpeed: 40 })
})
afterAll(() => cluster?.close())
beforeEach(async () => {
  for (const { id } of cluster.sandbox.hosts) await cluster.setFaults(id, {})
})

const start = (body: object) =>
  cluster.post<{ job: JobView; unchanged: boolean } & ErrorView>('/api/downloads', body)

const hubOf = (id: string): string => {
  const host = cluster.sandbox.hosts.find((each) => each.id === id)
  return join(host?.home ?? '', '.cache/huggingface/hub')
}

const blobsOn = (id: string): string[] => {
  const folder = join(hubOf(id), NAME, 'blobs')
  return existsSync(folder) ? readdirSync(folder) : []
}

/** Files that a cut-off transfer would leave. */
const debris = (): string[] =>
  BOTH.flatMap((id) => blobsOn(id).filter((name) => name.includes('.')))

/** Processes of downloads and copies, wherever their parents went. */
function workers(): string[] {
  const mark = `SPARK_CONTROL_WORK=${cluster.dataDir}`
  return readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && environ(pid).includes(mark))
}

function environ(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1')
  } catch {
    // ended while we looked
    return ''
  }
}

const removeEverywhere = async (): Promise<void> => {
  const key = NAME.slice('models--'.length)
  await cluster.post('/api/models/rescan')
  const { status, body } = await cluster.ask<{ job: JobView }>(
    `/api/models/${key}?confirm=${key}`,
    { method: 'DELETE' },
  )
  if (status === 202) await cluster.ended(body.job)
}

describe('a download', () => {
  it('shows its plan, comes with true figures, is copied to the other host, and is whole', async () => {
    const { body: plan } = await cluster.post<PlanView>('/api/downloads?dry_run=true', {
      repo: REPO,
      hosts: BOTH,
    })
    expect(plan.title).toBe('Download Qwen3 8B to spark-1 and spark-2?')
    expect(plan.commands.map(({ host, command }) => [host, command.split(' ')[0]])).toEqual([
      ['spark-1', 'hf'],
      ['spark-1', 'rsync'],
    ])
    const { status, body } = await start({ repo: REPO, hosts: BOTH })
    expect(status).toBe(202)
    const seen = await until(async () => {
      const { body: now } = await cluster.ask<Downloads>('/api/downloads')
      return now.downloads.find(({ done_bytes: done }) => done > 1e9)
    }, 'a download that has come some way')
    expect(seen).toMatchObject({ host: 'spark-1', kind: 'download' })
    expect(seen.total_bytes).toBeGreaterThan(16e9)
    const job = await cluster.ended(body.job)
    expect(job).toMatchObject({ state: 'succeeded', result: { hosts: BOTH } })
    expect(job.phases.map(({ name }) => name)).toEqual([
      'asking the hub',
      'downloading to spark-1',
      'copying to spark-2',
    ])
    const { body: models } = await cluster.post<Models>('/api/models/rescan')
    const hosts = models.models.find(({ repo }) => repo === REPO)?.hosts
    expect(hosts).toMatchObject([
      { host: 'spark-1', state: 'ready' },
      { host: 'spark-2', state: 'ready' },
    ])
    expect(debris()).toEqual([])
    expect(workers()).toEqual([])
    expect((await cluster.ask<Downloads>('/api/downloads')).body.downloads).toEqual([])
  })

  it('of what is there already changes nothing', async () => {
    const { status, body } = await start({ repo: REPO, hosts: BOTH })
    expect(status).toBe(200)
    expect(body).toMatchObject({ job: null, unchanged: true })
  })

  it('to a host that lacks it is a copy from one that has it, without the hub', async () => {
    const repo = 'Qwen/Qwen3-4B-FP8'
    await cluster.setFaults('spark-1', { hub: 'offline' })
    const { body: plan } = await cluster.post<PlanView>('/api/downloads?dry_run=true', {
      repo,
      hosts: ['spark-1'],
    })
    expect(plan.title).toBe('Copy Qwen3 4B from spark-2 to spark-1?')
    const { body } = await start({ repo, hosts: ['spark-1'] })
    expect(await cluster.ended(body.job)).toMatchObject({ state: 'succeeded' })
    expect(existsSync(join(hubOf('spark-1'), 'models--Qwen--Qwen3-4B-FP8', 'refs/main'))).toBe(true)
  })

  it('that was cut off before is completed, its dead leftovers removed', async () => {
    const repo = 'Qwen/Qwen3-Coder-Next-FP8'
    const blobs = join(hubOf('spark-1'), 'models--Qwen--Qwen3-Coder-Next-FP8', 'blobs')
    expect(readdirSync(blobs).some((name) => name.endsWith('.incomplete'))).toBe(true)
    const { body: plan } = await cluster.post<PlanView>('/api/downloads?dry_run=true', { repo })
    expect(plan.consequence).toMatch(
      /downloads Qwen\/Qwen3-Coder-Next-FP8, 82 GB.* 35 GB of it are/,
    )
    const { body } = await start({ repo })
    expect(await cluster.ended(body.job)).toMatchObject({ state: 'succeeded' })
    expect(readdirSync(blobs).filter((name) => name.includes('.'))).toEqual([])
  })

  it.each([
    [
      'a repository nobody has',
      { repo: 'acme/Nothing' },
      'HUB_NOT_FOUND',
      /shows no acme\/Nothing/,
    ],
    [
      'a gated one without a token',
      { repo: 'meta-llama/Llama-3.1-8B-Instruct' },
      'HUB_GATED',
      /gated/,
    ],
    ['an unknown host', { repo: REPO, hosts: ['sparc-1'] }, 'HOST_UNKNOWN', /"sparc-1"/],
  ])('of %s is refused before anything begins', async (_, body, code, message) => {
    const { status, body: said } = await start(body)
    expect(said.error).toMatchObject({ code, message: expect.stringMatching(message) })
    expect(status).toBeGreaterThanOrEqual(403)
  })

  it('on a disk that fills up fails in plain words and leaves no partial file', async () => {
    await removeEverywhere()
    await cluster.setFaults('spark-1', { hub: 'full' })
    const { body } = await start({ repo: REPO })
    expect(await cluster.ended(body.job)).toMatchObject({
      state: 'failed',
      error: { code: 'DISK_FULL', message: 'the disk of spark-1 is full' },
    })
    expect(debris()).toEqual([])
    expect(workers()).toEqual([])
  })

  it('that is cancelled ends its processes and keeps whole files only', async () => {
    const { body } = await start({ repo: REPO, hosts: BOTH })
    await until(() => debris().length > 0 && workers().length > 0, 'a file on its way')
    await cluster.post(`/api/jobs/${body.job.id}/cancel`)
    expect(await cluster.ended(body.job)).toMatchObject({ state: 'cancelled' })
    expect(workers()).toEqual([])
    expect(debris()).toEqual([])
  })
})

/** Points anywhere: up to 1 is the download, beyond it the copy. */
const POINTS = Array.from({ length: thorough(10, 2) }, (_, n) => ({
  victim: n % 2 === 0 ? ('the controller' as const) : ('every process on the host' as const),
  point: Math.round(Math.random() * 200) / 100,
}))

describe('a download in the middle of which something is killed', () => {
  it.each(POINTS)('at $point, $victim: ends whole, with nothing left over', async (at) => {
    await removeEverywhere()
    const events = await cluster.events()
    const { body } = await start({ repo: REPO, hosts: BOTH })
    await events.find(
      (event) =>
        event.type === 'job' && event.job.id === body.job.id && isPast(event.job, at.point),
    )
    if (at.victim === 'the controller') {
      await cluster.kill()
      await cluster.restart()
    } else for (const pid of workers()) endNow(Number(pid))
    const { state, error } = await cluster.ended(body.job)
    expect([state, error]).toEqual(['succeeded', undefined])
    expect(debris()).toEqual([])
    expect(workers()).toEqual([])
    expect(blobsOn('spark-2').toSorted()).toEqual(blobsOn('spark-1').toSorted())
    const { body: models } = await cluster.post<Models>('/api/models/rescan')
    const hosts = models.models.find(({ repo }) => repo === REPO)?.hosts
    expect(hosts?.map(({ state }) => state)).toEqual(['ready', 'ready'])
  })
})

function isPast({ phase, percent, ended_at: endedAt }: JobView, point: number): boolean {
  if (endedAt !== null) return true
  const before = phase?.startsWith('copying') ? 1 : 0
  return before + (percent ?? 0) / 100 >= point
}

function endNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // ended by itself in this very moment
  }
}
