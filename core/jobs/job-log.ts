import { cutLine } from '../cut-line.ts'
import { type Database, transaction } from '../store/database.ts'

/** One line of a job's log; `n` counts from 0 within the job. */
export interface LogLine {
  n: number
  text: string
}

export interface JobLog {
  append(job: string, text: string): void
  /** Writes what was appended in this turn of the event loop. */
  flush(): void
  /** Lines from number `from` on, oldest first; a negative `from` counts from the end. */
  read(job: string, from: number, limit: number): LogLine[]
  /** Flushes; nothing more comes from this job. */
  end(job: string): void
}

export interface JobLogOptions {
  db: Database
  /** Called for each line once it is kept. */
  onLine(job: string, line: LogLine): void
  onError(error: unknown): void
  /** Lines kept of each job: the last so many. */
  keep?: number
}

const BATCH = 1000
const TRIM_EVERY = 500

/**
 * The kept lines of all jobs. Those of one turn of the event loop are written as one, so that a
 * command which spits out thousands costs little; a SIGKILL takes the lines of that turn at most.
 */
export function createJobLog({ db, onLine, onError, keep = 5000 }: JobLogOptions): JobLog {
  const insert = db.history.prepare('INSERT INTO job_lines (job, n, text) VALUES (?, ?, ?)')
  const trim = db.history.prepare('DELETE FROM job_lines WHERE job = ? AND n < ?')
  const last = db.history.prepare('SELECT max(n) AS n FROM job_lines WHERE job = ?')
  const select = db.history.prepare(
    'SELECT n, text FROM job_lines WHERE job = ? AND n >= ? ORDER BY n LIMIT ?',
  )
  const nextOf = new Map<string, number>()
  let pending: { job: string; line: LogLine }[] = []
  let timer: NodeJS.Immediate | undefined

  const next = (job: string): number => {
    const known = nextOf.get(job)
    if (known !== undefined) return known
    const n = last.get(job)?.n
    return typeof n === 'number' ? n + 1 : 0
  }

  const flush = (): void => {
    clearImmediate(timer)
    timer = undefined
    if (pending.length === 0) return
    const lines = pending
    pending = []
    try {
      transaction(db.history, () => {
        for (const { job, line } of lines) {
          insert.run(job, line.n, line.text)
          if (line.n % TRIM_EVERY === 0) trim.run(job, line.n - keep + 1)
        }
      })
    } catch (error) {
      // A full disk must not end the work the lines only tell of.
      onError(error)
    }
    for (const { job, line } of lines) onLine(job, line)
  }

  return {
    append(job, text) {
      for (const part of text.replace(/\r?\n$/, '').split(/\r\n|\n|\r/)) {
        const n = next(job)
        nextOf.set(job, n + 1)
        pending.push({ job, line: { n, text: cutLine(part) } })
        if (pending.length >= BATCH) flush()
      }
      if (pending.length > 0) timer ??= setImmediate(flush)
    },
    flush,
    read(job, from, limit) {
      flush()
      const first = from >= 0 ? from : Math.max(0, next(job) + from)
      return select
        .all(job, Math.max(first, next(job) - keep), limit)
        .map((row) => ({ n: Number(row.n), text: String(row.text) }))
    },
    end(job) {
      flush()
      nextOf.delete(job)
    },
  }
}
