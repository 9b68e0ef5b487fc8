import type { JobView } from '../views.ts'
import { type Desk, getRecord, type Live } from './desk.ts'
import type { LogLine } from './job-log.ts'
import { isEnded, viewJob } from './job-record.ts'

const BATCH_LINES = 500

/** The job when it has ended, or as it stands after `ms` or when the caller leaves. */
export async function waitForJob(
  desk: Desk,
  id: string,
  ms: number,
  signal?: AbortSignal,
): Promise<JobView> {
  const record = getRecord(desk, id)
  const live = desk.lives.get(id)
  if (!live) return viewJob(record)
  const over = new AbortController()
  const left = signal ? AbortSignal.any([signal, over.signal]) : over.signal
  const timer = desk.clock.sleep(ms, left).then(
    () => over.abort(),
    () => {
      // The caller left, or the job ended first.
    },
  )
  while (!isEnded(record) && !left.aborted && !desk.isStopped) await nextChange(live, left)
  over.abort()
  await timer
  return viewJob(record)
}

/**
 * Lines as they come, until the job has ended, the caller leaves or the controller stops. They
 * are read from the disk in batches, so that a slow reader costs no memory.
 */
export async function* followJob(
  desk: Desk,
  id: string,
  from: number,
  signal: AbortSignal,
): AsyncGenerator<LogLine> {
  getRecord(desk, id)
  let next = from
  for (;;) {
    const live = desk.lives.get(id)
    const batch = desk.lines.read(id, next, BATCH_LINES)
    for (const line of batch) {
      if (signal.aborted) return
      next = line.n + 1
      yield line
    }
    if (signal.aborted || desk.isStopped) return
    if (batch.length > 0) continue
    if (!live) return
    next = Math.max(0, next)
    await nextChange(live, signal)
  }
}

function nextChange(live: Live, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      live.watchers.delete(done)
      signal.removeEventListener('abort', done)
      resolve()
    }
    live.watchers.add(done)
    signal.addEventListener('abort', done, { once: true })
    if (signal.aborted) done()
  })
}
