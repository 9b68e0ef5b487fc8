import type { RunningJob } from '../coordination/lease-errors.ts'
import { ControlError } from '../errors.ts'
import type { JobView } from '../views.ts'
import {
  addLive,
  cancelled,
  createDesk,
  type Desk,
  findRecord,
  getRecord,
  type JobsDeps,
  wake,
} from './desk.ts'
import { reenterJob } from './enter-job.ts'
import type { ServiceJobs, StartRequest } from './job.ts'
import type { LogLine } from './job-log.ts'
import { type JobRecord, viewJob } from './job-record.ts'
import { type JobPage, type JobQuery, listJobs } from './list-jobs.ts'
import { startJob } from './start-job.ts'
import { followJob, waitForJob } from './watch-job.ts'

export type { JobOwner, JobsDeps } from './desk.ts'

/** All jobs of this controller. Rows survive it; a run cut off is entered again by `resume`. */
export interface Jobs {
  /**
   * Starts a job, or joins the running one of the same `joinKey`. Throws JOB_RUNNING with its
   * `holder`, VALIDATION, SERVICE_UNKNOWN.
   */
  start(request: StartRequest & { service: string }): { job: JobView; isJoined: boolean }
  get(id: string): JobView | undefined
  /** One page, newest first. */
  list(query: JobQuery): JobPage
  /** Queued and running jobs, oldest first. */
  active(): JobView[]
  /** What queued and running jobs hold. */
  holding(): RunningJob[]
  /** Every active job and the newest ended ones, `limit` in all if there are not more active. */
  recent(limit: number): JobView[]
  hasActive(service: string): boolean
  /** Aborts the job's signal, also after a restart. Throws JOB_UNKNOWN or JOB_ENDED. */
  cancel(id: string): void
  /** The job when it has ended, or as it stands after `ms` or when the caller leaves. */
  wait(id: string, ms: number, signal?: AbortSignal): Promise<JobView>
  /** Lines kept, from number `from` on (default 0); a negative `from` counts from the end. */
  log(id: string, from?: number, limit?: number): LogLine[]
  /** Lines as they come, until the job has ended or the caller leaves. */
  follow(id: string, from: number, signal: AbortSignal): AsyncIterable<LogLine>
  /** Seconds the last success took; null if there was none. */
  lastSeconds(service: string, name: string): number | null
  forService(id: string): ServiceJobs
  /** Looks at and cancels the jobs of all services of a kind; starting one needs a service. */
  forKind(kind: string): ServiceJobs
  /** Enters the jobs an earlier controller left; call it once the services are live. */
  resume(): void
  /** Leaves every run where it is, without aborting it, for the next controller to resume. */
  stop(): void
}

/** Opens the jobs of a database; those that had not ended count as active from here on. */
export function createJobs(deps: JobsDeps): Jobs {
  const desk = createDesk(deps)
  for (const record of desk.rows.listActive()) addLive(desk, record)
  return {
    start: (request) => startJob(desk, request),
    get: (id) => viewIf(findRecord(desk, id)),
    list: (query) => listJobs(desk, query),
    active: () => listActive(desk, () => true),
    holding: () => [...desk.lives.values()].map(({ record }) => record),
    recent(limit) {
      const active = listActive(desk, () => true)
      const { jobs } = listJobs(desk, { limit })
      const ended = jobs.filter(({ id }) => !desk.lives.has(id))
      return [...active.toReversed(), ...ended.slice(0, Math.max(0, limit - active.length))]
    },
    hasActive: (service) => listActive(desk, (record) => record.service === service).length > 0,
    cancel: (id) => cancelJob(desk, id),
    wait: (id, ms, signal) => waitForJob(desk, id, ms, signal),
    log(id, from = 0, limit = 1000) {
      getRecord(desk, id)
      return desk.lines.read(id, from, limit)
    },
    follow: (id, from, signal) => followJob(desk, id, from, signal),
    lastSeconds: desk.rows.lastSeconds,
    forService: (service) =>
      createFacade(
        desk,
        (record) => record.service === service,
        (request) => startJob(desk, { ...request, service }),
      ),
    forKind: (kind) =>
      createFacade(
        desk,
        (record) => record.kind === kind,
        () => {
          throw new ControlError('INTERNAL', 'a job belongs to a service: pick(id).jobs.start(…)')
        },
      ),
    resume() {
      for (const live of [...desk.lives.values()]) if (!live.isEntered) reenterJob(desk, live)
    },
    stop() {
      desk.isStopped = true
      desk.lines.flush()
      for (const live of desk.lives.values()) {
        live.progress.stop()
        wake(live)
      }
    },
  }
}

function createFacade(
  desk: Desk,
  owns: (record: JobRecord) => boolean,
  start: ServiceJobs['start'],
): ServiceJobs {
  const find = (id: string) => {
    const record = findRecord(desk, id)
    return record && owns(record) ? record : undefined
  }
  return {
    start,
    active: () => listActive(desk, owns),
    get: (id) => viewIf(find(id)),
    cancel(id) {
      if (!find(id)) throw new ControlError('JOB_UNKNOWN', `no job "${id}" here`)
      cancelJob(desk, id)
    },
  }
}

function cancelJob(desk: Desk, id: string): void {
  const record = getRecord(desk, id)
  const live = desk.lives.get(id)
  if (!live)
    throw new ControlError('JOB_ENDED', `“${record.title}” has already ended: ${record.state}`)
  if (record.cancelledAt !== null) return
  record.cancelledAt = desk.clock.now()
  try {
    desk.rows.save(record)
  } catch (err) {
    // What has to stop is stopped all the same; only a restart before its end would not know of it.
    desk.log.warn({ err, job: id }, 'cancelling of a job could not be kept')
  }
  live.progress.now()
  live.abort.abort(cancelled(record))
}

const listActive = (desk: Desk, owns: (record: JobRecord) => boolean): JobView[] =>
  [...desk.lives.values()].flatMap(({ record }) => (owns(record) ? [viewJob(record)] : []))

const viewIf = (record: JobRecord | undefined): JobView | undefined => record && viewJob(record)
