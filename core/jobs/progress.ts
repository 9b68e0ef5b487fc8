import type { Clock } from '../plugin.ts'

/** Tells of a job's progress: at once, or at most ten times a second. */
export interface Progress {
  now(): void
  /** Now, or when a tenth of a second has passed since the last time. */
  soon(): void
  stop(): void
}

const EVERY_MS = 100

/** `tell` keeps and publishes the progress; it must not throw. */
export function createProgress(clock: Clock, tell: () => void): Progress {
  const over = new AbortController()
  let toldAt = Number.NEGATIVE_INFINITY
  let isWaiting = false
  const now = () => {
    if (over.signal.aborted) return
    toldAt = clock.now()
    tell()
  }
  return {
    now,
    soon() {
      const leftMs = toldAt + EVERY_MS - clock.now()
      if (isWaiting) return
      if (leftMs <= 0) return now()
      isWaiting = true
      clock.sleep(Math.min(leftMs, EVERY_MS), over.signal).then(
        () => {
          isWaiting = false
          now()
        },
        () => {
          // Stopped: whoever stopped it tells the end.
        },
      )
    },
    stop: () => over.abort(),
  }
}
