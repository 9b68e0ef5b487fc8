/**
 * A controller with one job, for tests that kill it: takes the database's path, the journal's path
 * and the number of steps; kills itself with SIGKILL at the point named by the fourth argument
 * (`begin step-1`), and prints the job when it has ended.
 */
import { appendFileSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import { Type } from '@sinclair/typebox'
import type { Logger } from 'pino'
import { systemClock } from '../../clock.ts'
import type { Service } from '../../plugin.ts'
import { openDatabase } from '../../store/database.ts'
import type { Job, JobDef } from '../job.ts'
import { createJobs } from '../jobs.ts'

const [path = '', journal = '', count = '', killAt = ''] = process.argv.slice(2)

const note = (word: string) => {
  appendFileSync(journal, `${word}\n`)
  if (word.startsWith(killAt) && killAt) process.kill(process.pid, 'SIGKILL')
}

async function run(job: Job): Promise<number> {
  for (let n = 0; n < Number(count); n++) {
    const name = `step-${n}`
    job.phase(name)
    note(`reach ${name}`)
    const kept = await job.step(name, async ({ attempt }) => {
      note(`begin ${name} ${attempt}`)
      job.line(`works on ${name}`)
      job.percent(50)
      await setImmediate()
      note(`finish ${name}`)
      return { n }
    })
    if (kept.n !== n) throw new Error(`${name} kept ${JSON.stringify(kept)}`)
    note(`passed ${name}`)
  }
  return Number(count)
}

const def: JobDef = { input: Type.Object({}), title: () => 'Walk the steps', run }
const db = openDatabase(path)
const jobs = createJobs({
  db,
  clock: systemClock,
  log: { info() {}, warn: console.error, error: console.error } as unknown as Logger,
  publish: () => {},
  lookup: (id) => ({ service: { id, kind: 'toy' } as Service, def: () => def }),
})
jobs.resume()
const { job } = jobs.start({ service: 'a', name: 'walk', input: {}, holds: ['a'], joinKey: 'walk' })
console.log(job.id)
console.log(JSON.stringify(await jobs.wait(job.id, 60_000)))
