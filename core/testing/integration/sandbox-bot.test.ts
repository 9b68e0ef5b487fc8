import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { VersionView } from '../../containers/update/version.ts'
import type { JobView, PlanView } from '../../views.ts'
import { startTestCluster, type TestCluster } from '../test-cluster.ts'

let cluster: TestCluster
beforeAll(async () => {
  cluster = await startTestCluster()
})
afterAll(() => cluster?.close())

const BASE = '/api/matrix-bridge'
const version = async (): Promise<VersionView> =>
  (await cluster.ask<{ version: VersionView }>(`${BASE}/version`)).body.version
const update = (query = '') => cluster.post<{ job: JobView }>(`${BASE}/update${query}`, {})
const docker = (...words: string[]): string => {
  const bin = join(cluster.sandbox.hosts[1]?.home ?? '', '..', 'bin')
  return execFileSync(join(bin, 'docker.real'), words, { encoding: 'utf8' }).trim()
}
const image = () => docker('inspect', '--format', '{{.Image}} {{.State.Status}}', 'matrix-bot')

it('the bot of the sandbox is three changes behind', async () => {
  expect(await version()).toMatchObject({ subject: 'first version', behind: 3 })
  expect(docker('logs', 'matrix-bot')).toContain('matrix-bot 1.0 starts')
})

it('is not updated while its git server refuses the deploy key, and goes on as it was', async () => {
  await cluster.setFaults('spark-2', { bot: 'key' })
  expect((await update()).body).toMatchObject({
    error: { code: 'UPDATE_KEY_REFUSED', hint: expect.stringContaining('IdentitiesOnly yes') },
  })
  await cluster.setFaults('spark-2', {})
  expect((await version()).behind).toBe(3)
})

it('whose new version does not come up is put back, image and commit', async () => {
  const before = image()
  await cluster.setFaults('spark-2', { bot: 'broken' })
  const job = await cluster.ended((await update()).body.job)
  expect(job).toMatchObject({ state: 'failed', error: { code: 'UPDATE_FAILED' } })
  expect(job.error?.log_tail?.join('\n')).toContain("No module named 'nio'")
  expect(image()).toBe(before)
  expect(docker('logs', 'matrix-bot')).toContain('matrix-bot 1.0 starts')
  expect((await version()).behind).toBe(3)
})

it('is updated after the plan has said what will change', async () => {
  const { body: plan } = await update('?dry_run=true')
  expect((plan as unknown as PlanView).consequence).toContain(
    '3 changes on main, the newest “fix reconnect”.',
  )
  const job = await cluster.ended((await update()).body.job)
  expect(job).toMatchObject({ state: 'succeeded' })
  const log = (await cluster.ask(`/api/jobs/${job.id}/log`)).text
  expect(log).toContain('COPY bot.py version /app/')
  expect(docker('logs', 'matrix-bot')).toContain('matrix-bot 1.3 starts')
  expect(await version()).toMatchObject({ subject: 'fix reconnect', behind: 0 })
})
