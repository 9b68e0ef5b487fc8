import type { Clock } from '../plugin.ts'

/** For waits that nobody waits for any more: without a reason, each abort would make an error with a stack. */
export const OVER = Symbol('over')

export interface Limit {
  /** Aborted by the caller's signal (with its reason) or by the deadline. */
  readonly signal: AbortSignal
  /** Ends the work for a reason of our own. */
  stop(reason: unknown): void
  /** Frees the timer and the caller's signal. */
  end(): void
}

/** One signal out of a caller's signal and a deadline in ms (null: none). */
export function limit(options: {
  signal: AbortSignal | undefined
  timeoutMs: number | null
  clock: Clock
  onDeadline: () => Error
}): Limit {
  const { signal, timeoutMs, clock } = options
  const ours = new AbortController()
  const timer = new AbortController()
  const pass = () => ours.abort(signal?.reason)
  if (signal?.aborted) pass()
  signal?.addEventListener('abort', pass, { once: true })
  if (timeoutMs !== null)
    clock.sleep(timeoutMs, timer.signal).then(
      () => ours.abort(options.onDeadline()),
      () => {}, // ended in time
    )
  return {
    signal: ours.signal,
    stop: (reason) => ours.abort(reason),
    end() {
      signal?.removeEventListener('abort', pass)
      timer.abort(OVER)
    },
  }
}

/** The promise, or the signal's reason as soon as it is aborted. */
export function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) {
    promise.catch(() => {}) // nobody waits for it any more
    return Promise.reject(signal.reason)
  }
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const leave = () => reject(signal.reason)
  signal.addEventListener('abort', leave, { once: true })
  return Promise.race([promise, aborted]).finally(() => signal.removeEventListener('abort', leave))
}

/** Whether the promise settles within `ms`. */
export async function settlesWithin(
  promise: Promise<unknown>,
  ms: number,
  clock: Clock,
): Promise<boolean> {
  const timer = new AbortController()
  const settled = promise.then(
    () => true,
    () => true,
  )
  const late = clock.sleep(ms, timer.signal).then(
    () => false,
    () => true, // only stopped once the other has settled
  )
  const hasSettled = await Promise.race([settled, late])
  timer.abort(OVER)
  return hasSettled
}
