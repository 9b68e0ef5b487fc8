import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { startTestCluster } from '../../testing/test-cluster.ts'
import type { JobView } from '../../views.ts'
import { dumpStore } from './dump-store.ts'

/**
 * `node core/store/testing/keep-data.ts X.Y.Z`, run by `npm run bump`: lets this version work on a
 * simulated cluster until every table has something in it, and keeps its database as SQL, so that later
 * versions are tested on it.
 */
const [version = ''] = process.argv.slice(2)
if (!/^\d+\.\d+\.\d+$/.test(version)) throw new Error('which version?')

const SECRET = `whsec_${Buffer.alloc(32, 3).toString('base64')}`
const WEBHOOK = `{ name: ops, url: "http://127.0.0.1:9/", secret: ${SECRET}, events: [swap_complete] }`
const cluster = await startTestCluster({
  topology: (yaml) => `${yaml.replace(/^webhooks:.*\n/m, '')}\nwebhooks: [${WEBHOOK}]\n`,
})
try {
  const reserve = { owner: 'nightly', resource: 'gpu', ttl_s: 3600, reason: 'batch' }
  const { body: lease } = await cluster.post<{ token: string }>('/api/coordination/lock', reserve)
  await cluster.post('/api/coordination/schedules', {
    ...{
      owner: 'nightly',
      resource: 'gpu',
      cron: '0 3 * * *',
      duration_s: 3600,
      time_zone: 'Europe/Berlin',
    },
  })
  const swap = { model: 'nvidia/Gemma-4-26B-A4B-NVFP4' }
  const headers = { 'x-lock-token': lease.token, 'idempotency-key': 'kept' }
  const { body } = await cluster.post<{ job: JobView }>('/api/swap', swap, headers)
  await cluster.ended(body.job)
  // one that is cut off, with the steps it had done
  await cluster.setFaults('spark-1', { next_launch: 'slow' })
  const events = await cluster.events()
  const back = { model: 'Qwen/Qwen3.6-35B-A3B-FP8' }
  await cluster.post('/api/swap', back, { 'x-lock-token': lease.token })
  await events.find((event) => event.type === 'job' && event.job.phase === 'loading weights')
  await cluster.kill()
  const db = new DatabaseSync(join(cluster.dataDir, 'state.db'))
  const file = join(import.meta.dirname, `../testdata/${version}.sql`)
  writeFileSync(file, dumpStore(db))
  db.close()
  process.stdout.write(`${file}\n`)
} finally {
  await cluster.close()
}
