import { toAt, toAtOrNull } from '../clock.ts'
import type { LeaseRef } from '../coordination/lease.ts'
import type { JobView } from '../views.ts'

export type JobState = JobView['state']

/** A job as it is kept; times in milliseconds since 1970. */
export interface JobRecord {
  /** Order of creation; 0 until it is in the database. */
  seq: number
  id: string
  service: string
  /** Kind of the service. */
  kind: string
  /** Key of the plugin's `jobs`. */
  name: string
  title: string
  input: unknown
  joinKey: string | null
  holds: string[]
  /** The lease it was started under. */
  lease: LeaseRef | null
  state: JobState
  phases: Phase[]
  percent: number | null
  result: unknown
  error: NonNullable<JobView['error']> | null
  createdAt: number
  startedAt: number | null
  /** When it was asked to stop. */
  cancelledAt: number | null
  endedAt: number | null
}

export interface Phase {
  name: string
  startedAt: number
  endedAt: number | null
  /** It did not do what it was for; what comes after it clears up. */
  hasFailed?: true
}

// A run that names a new phase for each of many files must not fill the row.
const MOST_PHASES = 100

/** Whether nothing more will happen to the job. */
export const isEnded = ({ state }: JobRecord): boolean => state !== 'queued' && state !== 'running'

/** The record after `name` began; the same phase again changes nothing. */
export function enterPhase(
  record: JobRecord,
  name: string,
  nowMs: number,
  after?: 'failure',
): boolean {
  const current = record.phases.at(-1)
  if (current?.name === name && current.endedAt === null) return false
  if (current && after === 'failure') current.hasFailed = true
  leavePhase(record, nowMs)
  record.phases = [
    ...record.phases.slice(-(MOST_PHASES - 1)),
    { name, startedAt: nowMs, endedAt: null },
  ]
  record.percent = null
  return true
}

/** Ends the current phase, if one is open. */
export function leavePhase(record: JobRecord, nowMs: number): void {
  const current = record.phases.at(-1)
  if (current && current.endedAt === null) current.endedAt = nowMs
}

/** Takes a new percentage; within a phase it never goes back. Returns whether it changed. */
export function takePercent(record: JobRecord, value: number | null): boolean {
  const next = value === null || Number.isNaN(value) ? null : Math.min(100, Math.max(0, value))
  const isBack = next !== null && record.percent !== null && next <= record.percent
  if (isBack || next === record.percent) return false
  record.percent = next
  return true
}

/** The job as it goes over the wire. */
export function viewJob(record: JobRecord): JobView {
  const marked = record.phases.findLastIndex(({ hasFailed }) => hasFailed)
  const failedAt = marked < 0 && record.state === 'failed' ? record.phases.length - 1 : marked
  return {
    id: record.id,
    title: record.title,
    kind: `${record.kind}.${record.name}`,
    service: record.service,
    state: record.state,
    ...(record.cancelledAt !== null && !isEnded(record) && { is_cancelling: true }),
    phase: isEnded(record) ? null : (record.phases.at(-1)?.name ?? null),
    percent: record.percent,
    phases: record.phases.map(({ name, startedAt, endedAt }, at) => ({
      name,
      started_at: toAt(startedAt),
      ended_at: toAtOrNull(endedAt),
      ...(at === failedAt && { is_failed: true as const }),
    })),
    input: record.input,
    result: record.result ?? null,
    created_at: toAt(record.createdAt),
    started_at: toAtOrNull(record.startedAt),
    ended_at: toAtOrNull(record.endedAt),
    ...(record.lease && { lease: record.lease }),
    ...(record.error && { error: record.error }),
  }
}
