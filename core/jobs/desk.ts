import type { Logger } from 'pino'
import type { LeaseRef } from '../coordination/lease.ts'
import type { HostsOf } from '../coordination/resources.ts'
import { ControlError } from '../errors.ts'
import type { EventView } from '../events/event-view.ts'
import type { Happening, Tell } from '../events/happening.ts'
import type { Clock, Service } from '../plugin.ts'
import type { Database } from '../store/database.ts'
import type { JobDef } from './job.ts'
import { happeningOf } from './job-happening.ts'
import { createJobLog, type JobLog } from './job-log.ts'
import { type JobRecord, viewJob } from './job-record.ts'
import { createJobRows, type JobRows } from './job-rows.ts'
import { createProgress, type Progress } from './progress.ts'

export interface JobsDeps {
  db: Database
  clock: Clock
  log: Logger
  publish(event: EventView): void
  /** Told in the write that keeps a job's start or end: neither is there without the other. */
  tell?: Tell
  /** The service of this id with its plugin's jobs; undefined when it left the topology. */
  lookup(service: string): JobOwner | undefined
  /** Hosts of a service, for what its jobs hold. */
  hostsOf?: HostsOf
  /** Throws LEASE_HELD if somebody else has reserved what a job needs; asked before it is started. */
  admit?(holds: readonly string[], under?: LeaseRef): void
  /** Ended jobs kept; default 1,000. */
  keep?: number
}

export interface JobOwner {
  service: Service
  def(name: string): JobDef | undefined
}

/** A job that has not ended. */
export interface Live {
  readonly record: JobRecord
  readonly abort: AbortController
  readonly progress: Progress
  /** Called at new lines, at the end, and when the controller stops. */
  readonly watchers: Set<() => void>
  isEntered: boolean
}

/** What the parts of core/jobs share. */
export interface Desk extends Omit<JobsDeps, 'keep'> {
  readonly keep: number
  readonly rows: JobRows
  readonly lines: JobLog
  /** Jobs that have not ended, oldest first. */
  readonly lives: Map<string, Live>
  isStopped: boolean
}

export function createDesk(deps: JobsDeps): Desk {
  const lives = new Map<string, Live>()
  const lines = createJobLog({
    db: deps.db,
    onLine(job, line) {
      deps.publish({ type: 'line', job, ...line })
      wake(lives.get(job))
    },
    onError: (err) => deps.log.warn({ err }, 'job lines could not be kept'),
  })
  const rows = createJobRows(deps.db)
  return { ...deps, keep: deps.keep ?? 1000, rows, lines, lives, isStopped: false }
}

/** Takes a record among the live ones. */
export function addLive(desk: Desk, record: JobRecord): Live {
  const progress = createProgress(desk.clock, () => {
    try {
      desk.rows.saveProgress(record)
    } catch (err) {
      // Progress is shown all the same; the next state that matters is written on its own.
      desk.log.warn({ err, job: record.id }, 'job progress could not be kept')
    }
    announce(desk, record)
  })
  const abort = new AbortController()
  if (record.cancelledAt !== null) abort.abort(cancelled(record))
  const live: Live = { record, abort, progress, watchers: new Set(), isEntered: false }
  desk.lives.set(record.id, live)
  return live
}

export const announce = (desk: Desk, record: JobRecord): void =>
  desk.publish({ type: 'job', job: viewJob(record) })

/** Calls everybody who waits for something of this job. */
export function wake(live: Live | undefined): void {
  for (const watcher of [...(live?.watchers ?? [])]) watcher()
}

/** Tells what programs outside hear of a job's start and end, if its kind wants them to. */
export function tellStage(desk: Desk, record: JobRecord): void {
  const told = desk.lookup(record.service)?.def(record.name)?.happening
  let happening: Happening | undefined
  try {
    happening = told && happeningOf(record, told)
  } catch (err) {
    // A fault of the kind must not keep its job from ending.
    desk.log.error({ err, job: record.id }, 'a job could not say what is told of it')
  }
  if (happening) desk.tell?.(happening)
}

/** The job as it is now, live or ended. */
export const findRecord = (desk: Desk, id: string): JobRecord | undefined =>
  desk.lives.get(id)?.record ?? desk.rows.find(id)

/** Like findRecord; throws JOB_UNKNOWN. */
export function getRecord(desk: Desk, id: string): JobRecord {
  const record = findRecord(desk, id)
  if (record) return record
  throw new ControlError('JOB_UNKNOWN', `no job "${id}"`, { hint: 'GET /api/jobs lists them' })
}

/** Why a cancelled job's signal is aborted. */
export const cancelled = ({ title }: JobRecord): ControlError =>
  new ControlError('JOB_CANCELLED', `“${title}” was cancelled`)
