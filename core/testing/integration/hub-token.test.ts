import { readdirSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { JobView } from '../../views.ts'
import { startTestCluster, type TestCluster, until } from '../test-cluster.ts'

const TOKEN = 'hf_AliceAndNobodyElse'
const GATED = 'meta-llama/Llama-3.1-8B-Instruct'

let cluster: TestCluster
beforeAll(async () => {
  cluster = await startTestCluster({
    sandboxSpeed: 20,
    topology: (yaml) => yaml.replace(/( {2}llm:\n)/, `$1    hf_token: ${TOKEN}\n`),
  })
})
afterAll(() => cluster?.close())

/** Command lines of every process of this machine that show the token. */
const showing = (): string[] =>
  readdirSync('/proc').flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return []
    try {
      const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
      return words.includes(TOKEN) ? [words] : []
    } catch {
      // ended while we looked
      return []
    }
  })

it('the hub’s token opens a gated repository, and is shown nowhere', async () => {
  const { body: plan } = await cluster.post<object>('/api/downloads?dry_run=true', { repo: GATED })
  const { status, body } = await cluster.post<{ job: JobView }>('/api/downloads', { repo: GATED })
  expect(status).toBe(202)
  const seen: string[] = []
  await until(async () => {
    seen.push(...showing())
    const { body: job } = await cluster.ask<JobView>(`/api/jobs/${body.job.id}`)
    return job.ended_at !== null
  }, 'the end of the download')
  expect(seen).toEqual([])
  const job = await cluster.ended(body.job)
  expect(job).toMatchObject({ state: 'succeeded' })
  const answers = await Promise.all(
    ['/api/topology', '/api/jobs', `/api/jobs/${job.id}/log`, '/api/services', '/api/models'].map(
      async (path) => (await cluster.ask(path)).text,
    ),
  )
  expect(JSON.stringify([plan, job, answers])).not.toContain(TOKEN)
})
