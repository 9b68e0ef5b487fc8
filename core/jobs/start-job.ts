import { randomBytes } from 'node:crypto'
import { findClash } from '../coordination/resources.ts'
import { ControlError } from '../errors.ts'
import { checkInput, closed } from '../http/validate.ts'
import type { JobView } from '../views.ts'
import { addLive, type Desk } from './desk.ts'
import { enterJob } from './enter-job.ts'
import type { StartRequest } from './job.ts'
import { type JobRecord, viewJob } from './job-record.ts'

const MOST_ACTIVE = 200

/**
 * Starts a job or joins one. Synchronous from the look to the write, so that of any number of
 * callers exactly one wins.
 */
export function startJob(
  desk: Desk,
  { service, name, input, joinKey, holds, lease }: StartRequest & { service: string },
): { job: JobView; isJoined: boolean } {
  if (desk.isStopped) throw new ControlError('JOB_INTERRUPTED', 'the controller is stopping')
  const owner = desk.lookup(service)
  if (!owner) throw new ControlError('SERVICE_UNKNOWN', `no service "${service}"`)
  const { kind } = owner.service
  const def = owner.def(name)
  if (!def) throw new ControlError('INTERNAL', `kind ${kind} has no job "${name}"`)
  const checked = checkInput(closed(def.input), structuredClone(input ?? {}), 'body')
  const all = [...desk.lives.values()].map((live) => live.record)
  const same = all.find((record) => isSame(record, service, name, joinKey))
  if (same) return { job: viewJob(same), isJoined: true }
  desk.admit?.(holds, lease)
  const other = all.find((record) => findClash(holds, record.holds, desk.hostsOf))
  if (other) throw runningError(desk, other, holds)
  if (all.length >= MOST_ACTIVE)
    throw new ControlError('OVERLOADED', `${all.length} jobs are running`, { retryAfterS: 30 })
  const record: JobRecord = {
    ...{ seq: 0, id: randomBytes(8).toString('hex') },
    ...{ service, kind, name, title: def.title(checked as never), input: checked },
    ...{ joinKey: joinKey ?? null, holds: [...new Set(holds)], lease: lease ?? null },
    ...{ state: 'queued', phases: [], percent: null, result: undefined, error: null },
    ...{ createdAt: desk.clock.now(), startedAt: null, cancelledAt: null, endedAt: null },
  }
  desk.rows.insert(record)
  const live = addLive(desk, record)
  const job = viewJob(record)
  live.progress.now()
  queueMicrotask(() => void enterJob(desk, live, owner, def))
  return { job, isJoined: false }
}

/** One that is being cancelled is not joined: its end would not be what the caller asked for. */
const isSame = (record: JobRecord, service: string, name: string, joinKey?: string): boolean =>
  joinKey !== undefined &&
  record.joinKey === joinKey &&
  record.service === service &&
  record.name === name &&
  record.cancelledAt === null

function runningError(desk: Desk, other: JobRecord, holds: string[]): ControlError {
  const lastS = desk.rows.lastSeconds(other.service, other.name)
  const sinceS = (desk.clock.now() - (other.startedAt ?? other.createdAt)) / 1000
  const leftS = lastS === null ? 10 : Math.ceil(lastS - sinceS)
  const how = other.cancelledAt === null ? 'is running' : 'is being cancelled'
  return new ControlError(
    'JOB_RUNNING',
    `“${other.title}” ${how} and holds ${findClash(other.holds, holds, desk.hostsOf)}`,
    {
      hint: 'wait until it has ended, or cancel it',
      holder: { job: other.id, title: other.title },
      retryAfterS: Math.min(600, Math.max(2, leftS)),
    },
  )
}
