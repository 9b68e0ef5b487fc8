import type { Static, TObject } from '@sinclair/typebox'
import type { LeaseRef } from '../coordination/lease.ts'
import type { JobHappening } from '../events/happening.ts'
import type { Service } from '../plugin.ts'
import type { JobView } from '../views.ts'

/** A kind of work, named in the plugin's `jobs`. Rows survive the controller; `run` is entered again. */
export interface JobDef<I extends TObject = TObject, S = unknown> {
  input: I
  title(input: Static<I>): string
  /** Told to webhooks as `<name>_started`, `_complete` or `_failed`, with this of its input. */
  happening?: { name: JobHappening; data(input: Static<I>): Record<string, unknown> }
  /** Runs from the start after a restart too; finished steps return their kept result at once. */
  run(job: Job<Static<I>>, service: Service<S>): Promise<unknown>
}

/** A running job as its `run` sees it. */
export interface Job<I = unknown> {
  readonly id: string
  readonly input: I
  /** Aborted by cancel (reason: ControlError JOB_CANCELLED). Not by the controller's shutdown. */
  readonly signal: AbortSignal
  /** Milliseconds since 1970 of the first start. */
  readonly startedAt: number
  /**
   * Runs `work` once and keeps its JSON result. A step cut off by a kill is entered again with
   * `attempt` > 1 and must look before it acts.
   */
  step<T>(name: string, work: (step: { attempt: number }) => Promise<T>): Promise<T>
  /** Enters a phase; `after: 'failure'` says that the one before did not do what it was for. */
  phase(name: string, after?: 'failure'): void
  /** 0–100, or null where it cannot be known. */
  percent(value: number | null): void
  /** Adds a line to the kept log (bounded) and to the event stream. */
  line(text: string): void
}

export interface StartRequest {
  /** Key of the plugin's `jobs`. */
  name: string
  input: unknown
  /** A running job with the same key is joined instead of starting another. */
  joinKey?: string
  /**
   * No two running jobs may share a resource: a clash throws JOB_RUNNING naming the other. Nor may
   * somebody else have reserved it: LEASE_HELD.
   */
  holds: string[]
  /** `call.lease`: whose reservation the job is started under. */
  lease?: LeaseRef | undefined
}

/** Jobs of one service. */
export interface ServiceJobs {
  start(request: StartRequest): { job: JobView; isJoined: boolean }
  /** Queued and running jobs of this service (of all services of the kind, on a Kind). */
  active(): JobView[]
  get(id: string): JobView | undefined
  cancel(id: string): void
}
