import { asControlError, ControlError } from '../errors.ts'
import type { Job } from './job.ts'
import { enterPhase, type JobRecord, takePercent } from './job-record.ts'
import type { JobRows } from './job-rows.ts'

/** What the run of one job needs from the rest. */
export interface RunDeps {
  rows: JobRows
  now(): number
  /** Whether the controller is stopping: then the run is left where it is, to be entered again. */
  isAbandoned(): boolean
  /** Phases or percent changed. */
  onProgress(what: 'phase' | 'percent'): void
  onLine(text: string): void
}

/** The job as its `run` sees it. */
export function createRun(record: JobRecord, signal: AbortSignal, deps: RunDeps): Job {
  const underWay = new Set<string>()
  const isOver = () => deps.isAbandoned() || record.endedAt !== null
  return {
    id: record.id,
    input: record.input,
    signal,
    startedAt: record.startedAt ?? deps.now(),
    async step<T>(name: string, work: (step: { attempt: number }) => Promise<T>): Promise<T> {
      if (deps.isAbandoned()) return never()
      if (underWay.has(name))
        throw new ControlError('INTERNAL', `step "${name}" of ${record.kind} is under way already`)
      const entry = deps.rows.beginStep(record.id, name)
      if (entry.isDone) return entry.result as T
      underWay.add(name)
      try {
        const text = toJson(await work({ attempt: entry.attempt }), `step "${name}"`)
        if (deps.isAbandoned()) return never()
        deps.rows.finishStep(record.id, name, text)
        // What a re-entry would read, so that both see the same.
        return (text === null ? undefined : JSON.parse(text)) as T
      } catch (thrown) {
        // Connections end with the controller; the run must not take that for a failure.
        if (deps.isAbandoned()) return never()
        throw thrown
      } finally {
        underWay.delete(name)
      }
    },
    phase(name, after) {
      if (!isOver() && enterPhase(record, name, deps.now(), after)) deps.onProgress('phase')
    },
    percent(value) {
      if (!isOver() && takePercent(record, value)) deps.onProgress('percent')
    },
    line(text) {
      if (!isOver()) deps.onLine(text)
    },
  }
}

/** JSON of a value, null for undefined; throws with the name of what returned it. */
export function toJson(value: unknown, what: string): string | null {
  try {
    return JSON.stringify(value) ?? null
  } catch (cause) {
    throw new ControlError('INTERNAL', `the result of ${what} is not JSON`, { cause })
  }
}

/** Whether `thrown` says no more than that the job was cancelled, in whatever wrapping. */
export function isCancellation(thrown: unknown, signal: AbortSignal): boolean {
  if (!signal.aborted) return false
  for (let error = thrown, depth = 0; error && depth < 10; depth++) {
    if (error === signal.reason) return true
    const { name, code, cause } = error as { name?: string; code?: string; cause?: unknown }
    if (name === 'AbortError' || code === 'JOB_CANCELLED') return true
    error = cause
  }
  return false
}

/** A failure as the job's row keeps it; `tail` are the last lines of its log. */
export function failureOf(thrown: unknown, tail: string[]): NonNullable<JobRecord['error']> {
  const { code, message, hint, logTail } = asControlError(thrown)
  return { code, message, ...(hint !== undefined && { hint }), log_tail: logTail ?? tail }
}

/** A promise nobody will settle: the process is about to end. */
const never = (): Promise<never> => new Promise(() => {})
