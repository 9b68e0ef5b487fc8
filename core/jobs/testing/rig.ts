import { type TObject, Type } from '@sinclair/typebox'
import { pino } from 'pino'
import { afterEach, beforeEach } from 'vitest'
import type { EventView } from '../../events/event-view.ts'
import type { Service } from '../../plugin.ts'
import { type Database, openDatabase } from '../../store/database.ts'
import { createFakeClock, type FakeClock } from '../../testing/fake-clock.ts'
import type { JobView } from '../../views.ts'
import type { Job } from '../job.ts'
import { createJobs, type Jobs, type JobsDeps } from '../jobs.ts'

export type Run = (job: Job) => Promise<unknown>

/** What the controllers of one test share. */
export interface Rig {
  db: Database
  clock: FakeClock
  /** What was published, in order. */
  events: EventView[]
  /** What a job of each name does. */
  runs: Record<string, Run>
  /** Ids of the services there are. */
  services: string[]
  /** A controller on the same database; the one before must have been stopped. */
  controller(more?: Partial<JobsDeps>): Jobs
}

const input = Type.Object({ model: Type.String(), count: Type.Integer({ default: 1 }) }) as TObject

/** A rig that is new in each test of the file. */
export function useRig(): Rig {
  const opened: Jobs[] = []
  const rig = {
    controller(more) {
      const { db, clock } = rig
      const jobs = createJobs({
        ...{ db, clock, log: pino({ level: 'silent' }), hostsOf: () => [] },
        publish: (event) => rig.events.push(event),
        lookup: (id) =>
          rig.services.includes(id)
            ? {
                service: { id, kind: 'toy' } as Service,
                def: (name) => {
                  const run = rig.runs[name]
                  return run && { input, title: ({ model }) => `Load ${model}`, run }
                },
              }
            : undefined,
        ...more,
      })
      opened.push(jobs)
      return jobs
    },
  } as Rig
  beforeEach(() => {
    Object.assign(rig, { db: openDatabase(':memory:'), clock: createFakeClock() })
    Object.assign(rig, { events: [], runs: {}, services: ['llm', 'asr'] })
  })
  afterEach(() => {
    for (const jobs of opened.splice(0)) jobs.stop()
    rig.db.close()
  })
  return rig
}

/** Starts the job `load` of the service `llm`. */
export const begin = (jobs: Jobs, more: Partial<Parameters<Jobs['start']>[0]> = {}) =>
  jobs.start({ service: 'llm', name: 'load', input: { model: 'a' }, holds: ['llm'], ...more })

export const ended = (jobs: Jobs, { id }: JobView): Promise<JobView> => jobs.wait(id, 3_600_000)

export const untilCancelled: Run = (job) =>
  new Promise((_, reject) => {
    job.signal.addEventListener('abort', () => reject(job.signal.reason))
    if (job.signal.aborted) reject(job.signal.reason)
  })
