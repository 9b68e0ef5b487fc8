import { type Happening, isHappening } from '../events/happening.ts'
import type { JobDef } from './job.ts'
import { type JobRecord, viewJob } from './job-record.ts'

type Told = NonNullable<JobDef['happening']>

/** What is told of a job as it stands: that it has started, is complete, or has failed. */
export function happeningOf(record: JobRecord, told: Told): Happening | undefined {
  const stage = stageOf(record)
  const name = `${told.name}_${stage}`
  if (!isHappening(name)) return undefined
  const { endedAt, startedAt, createdAt } = record
  const error = stage === 'failed' ? failureOf(record) : undefined
  return {
    key: `job:${record.id}:${stage}`,
    name,
    subject: `“${record.title}”`,
    data: {
      ...told.data(record.input as never),
      job_id: record.id,
      service: record.service,
      ...leaseOf(record),
      ...(endedAt !== null && { duration_s: (endedAt - (startedAt ?? createdAt)) / 1000 }),
      ...(error && { error }),
    },
  }
}

/** Whose reservation it was started under. */
function leaseOf({ lease }: JobRecord): { owner: string | null; fence: number | null } {
  return { owner: lease?.owner ?? null, fence: lease?.fence ?? null }
}

function stageOf({ state }: JobRecord): 'started' | 'complete' | 'failed' {
  if (state === 'succeeded') return 'complete'
  return state === 'failed' || state === 'cancelled' ? 'failed' : 'started'
}

/** A cancelled job has no error of its own; whoever waits for it hears of one all the same. */
function failureOf(record: JobRecord): { code: string; message: string; hint?: string } {
  const { error } = viewJob(record)
  if (!error) return { code: 'JOB_CANCELLED', message: `“${record.title}” was cancelled` }
  const { code, message, hint } = error
  return { code, message, ...(hint !== undefined && { hint }) }
}
