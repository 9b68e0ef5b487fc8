import { Type } from '@sinclair/typebox'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ControlError } from '../errors.ts'
import type { Happening, Tell } from '../events/happening.ts'
import type { Service } from '../plugin.ts'
import { type Database, openDatabase } from '../store/database.ts'
import { createFakeClock, type FakeClock } from '../testing/fake-clock.ts'
import type { JobDef } from './job.ts'
import { createJobs, type Jobs } from './jobs.ts'

let db: Database
let clock: FakeClock
let told: Happening[]
let run: JobDef['run']
let data: NonNullable<JobDef['happening']>['data']
let jobs: Jobs

const start = (tell: Tell = (happening) => void told.push(happening)): void => {
  const input = Type.Object({ model: Type.String() })
  const def = (): JobDef => ({
    input,
    title: ({ model }) => `Load ${model}`,
    happening: { name: 'swap', data },
    run: (job, service) => run(job, service),
  })
  jobs = createJobs({
    db,
    clock,
    log: pino({ level: 'silent' }),
    publish() {},
    tell,
    lookup: (id) => ({ service: { id, kind: 'toy' } as Service, def }),
  })
}
beforeEach(() => {
  db = openDatabase(':memory:')
  clock = createFakeClock()
  told = []
  run = () => clock.sleep(4000)
  data = ({ model }) => ({ model })
  start()
})
afterEach(() => {
  jobs.stop()
  db.close()
})

const begin = () =>
  jobs.start({ service: 'llm', name: 'load', input: { model: 'a' }, holds: [] }).job
const names = () => told.map(({ name }) => name)

test('a job that says so is told to have started, and to be complete with its time', async () => {
  const { id } = begin()
  await clock.advance(4000)
  expect(told).toEqual([
    {
      key: `job:${id}:started`,
      name: 'swap_started',
      subject: '“Load a”',
      data: { job_id: id, service: 'llm', model: 'a', owner: null, fence: null },
    },
    {
      key: `job:${id}:complete`,
      name: 'swap_complete',
      subject: '“Load a”',
      data: { job_id: id, service: 'llm', model: 'a', owner: null, fence: null, duration_s: 4 },
    },
  ])
})

test('a failure is told with its cause, a cancel as one', async () => {
  run = async () => {
    throw new ControlError('LOAD_FAILED', 'memory ran out', { hint: 'a smaller one' })
  }
  begin()
  await clock.settle()
  run = (job) => clock.sleep(4000, job.signal)
  const { id } = begin()
  await clock.advance(1000)
  jobs.cancel(id)
  await clock.settle()
  expect(names()).toEqual(['swap_started', 'swap_failed', 'swap_started', 'swap_failed'])
  expect(told[1]?.data.error).toEqual({
    code: 'LOAD_FAILED',
    message: 'memory ran out',
    hint: 'a smaller one',
  })
  expect(told[3]?.data).toMatchObject({ duration_s: 1, error: { code: 'JOB_CANCELLED' } })
})

test('a job entered again by the next controller is told under the same key', async () => {
  begin()
  await clock.settle()
  jobs.stop()
  start()
  jobs.resume()
  await clock.settle()
  expect(names()).toEqual(['swap_started', 'swap_started'])
  expect(new Set(told.map(({ key }) => key)).size).toBe(1)
})

test('an end that cannot be told is not kept either, and comes again after a restart', async () => {
  jobs.stop()
  start((happening) => {
    if (happening.name === 'swap_complete') throw new Error('database or disk is full')
  })
  const { id } = begin()
  await clock.advance(4000)
  jobs.stop()
  start()
  expect(jobs.active().map((job) => job.id)).toEqual([id])
  jobs.resume()
  await clock.advance(4000)
  expect(names()).toEqual(['swap_started', 'swap_complete'])
})

test('a kind whose data cannot be made costs the telling, not the job', async () => {
  data = () => {
    throw new Error('a fault of the kind')
  }
  const { id } = begin()
  await clock.advance(4000)
  expect(jobs.get(id)?.state).toBe('succeeded')
  expect(told).toEqual([])
})
