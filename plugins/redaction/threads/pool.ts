import { Worker } from 'node:worker_threads'
import { moduleBeside } from '#core'
import type { DetectorOptions } from '../detect/index.ts'
import { type RefusalCode, Refused } from '../refused.ts'
import { placesOf } from '../scrub/places-of.ts'
import type { JobEnd, Scrubber, ScrubDone, ScrubJob } from './job.ts'
import type { Said } from './worker.ts'

export interface PoolOptions {
  detector: DetectorOptions
  log: { error(fields: object, message: string): void }
  /** Ends all threads, and every job with them. */
  signal: AbortSignal
  /** Threads at most; one is there from the start, more while there is work. Default 2. */
  most?: number
  /** Jobs that may wait; more are refused. Default 32. */
  mostWaiting?: number
  /** Default: `worker` beside this file, compiled or not. */
  entry?: URL
}

interface Task {
  job: ScrubJob
  resolve(done: ScrubDone): void
  reject(refused: Refused): void
}

const ENTRY = moduleBeside(import.meta.url, './worker')
/** Far more than any text may take; what takes more ends its own thread alone. */
const MOST_MEMORY_MB = 1_024

/**
 * Scrubs in threads of their own, so that the controller answers meanwhile and a text that takes too
 * long can be stopped by force. Whatever becomes of a thread, its job is refused, and another takes its place.
 */
export function createPool(options: PoolOptions): Scrubber {
  const { detector, log, signal, most = 2, mostWaiting = 32, entry = ENTRY } = options
  const idle: Worker[] = []
  const busy = new Map<Worker, Task>()
  const waiting: Task[] = []

  const hire = (): Worker => {
    const resourceLimits = { maxOldGenerationSizeMb: MOST_MEMORY_MB }
    const worker = new Worker(entry, {
      ...{ workerData: detector, env: {}, name: 'redaction', resourceLimits },
    })
    // only work keeps the process
    worker.unref()
    worker.on('message', (said: Said) => settle(worker, said))
    worker.on('messageerror', (thrown) => lose(worker, thrown))
    worker.on('error', (thrown) => lose(worker, thrown))
    worker.on('exit', () => lose(worker))
    return worker
  }
  const next = (): void => {
    while (waiting.length > 0 && (idle.length > 0 || busy.size < most)) {
      const worker = idle.pop() ?? hire()
      const task = waiting.shift() as Task
      busy.set(worker, task)
      worker.ref()
      worker.postMessage(task.job)
    }
  }
  const settle = (worker: Worker, said: Said): void => {
    const task = busy.get(worker)
    if (!task) return
    busy.delete(worker)
    worker.unref()
    idle.push(worker)
    if ('done' in said) task.resolve(said.done)
    else if ('refused' in said) task.reject(new Refused(said.refused))
    else {
      log.error(said.fault, 'scrub failed')
      task.reject(new Refused('SCRUB_FAILED'))
    }
    next()
  }
  /** The thread has ended by itself, or is about to. */
  const lose = (worker: Worker, thrown?: unknown): void => {
    if (thrown !== undefined) log.error(placesOf(thrown), 'a thread of the detection ended')
    const at = idle.indexOf(worker)
    if (at >= 0) idle.splice(at, 1)
    stop(worker, 'SCRUB_FAILED')
  }
  const stop = (worker: Worker, why: RefusalCode): void => {
    const task = busy.get(worker)
    if (!task) return
    busy.delete(worker)
    void worker.terminate()
    task.reject(new Refused(why))
    if (signal.aborted) return
    // the next job need not wait for a new one to begin
    if (idle.length + busy.size === 0) idle.push(hire())
    next()
  }
  const drop = (task: Task, why: RefusalCode): void => {
    const at = waiting.indexOf(task)
    if (at >= 0) waiting.splice(at, 1)
    task.reject(new Refused(why))
  }
  signal.addEventListener('abort', () => {
    for (const task of [...waiting]) drop(task, 'SCRUB_FAILED')
    for (const worker of idle.splice(0)) void worker.terminate()
    for (const worker of [...busy.keys()]) stop(worker, 'SCRUB_FAILED')
  })
  idle.push(hire())

  return {
    async scrub(job, { late, gone }: JobEnd) {
      if (late.aborted) throw new Refused('SCRUB_TIMEOUT')
      if (gone.aborted || signal.aborted) throw new Refused('SCRUB_FAILED')
      if (waiting.length >= mostWaiting) throw new Refused('SCRUB_BUSY')
      const settled = new AbortController()
      const until = { signal: settled.signal }
      try {
        return await new Promise<ScrubDone>((resolve, reject) => {
          const task: Task = { job, resolve, reject }
          const workerOf = () => [...busy].find(([, one]) => one === task)?.[0]
          late.addEventListener(
            'abort',
            () => {
              const worker = workerOf()
              if (worker) stop(worker, 'SCRUB_TIMEOUT')
              else drop(task, 'SCRUB_TIMEOUT')
            },
            until,
          )
          // what is begun is soon done, sooner than another thread is there
          gone.addEventListener('abort', () => !workerOf() && drop(task, 'SCRUB_FAILED'), until)
          waiting.push(task)
          next()
        })
      } finally {
        settled.abort()
      }
    },
  }
}
