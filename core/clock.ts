import type { Clock } from './plugin.ts'

// setTimeout counts in 32 bits; a longer wait would end at once.
const LONGEST_TIMER_MS = 2 ** 31 - 1

/** The machine's own time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  async sleep(ms, signal) {
    let leftMs = Math.max(0, ms)
    for (; leftMs > LONGEST_TIMER_MS; leftMs -= LONGEST_TIMER_MS)
      await wait(LONGEST_TIMER_MS, signal)
    await wait(leftMs, signal)
  },
}

/** RFC 3339 UTC of a time in milliseconds since 1970, as the wire wants it. */
export const toAt = (ms: number): string => new Date(ms).toISOString()

/** Like `toAt`, for times that may not have come yet. */
export const toAtOrNull = (ms: number | null): string | null => (ms === null ? null : toAt(ms))

function wait(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason)
    const leave = () => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', leave)
      resolve()
    }, ms)
    signal?.addEventListener('abort', leave, { once: true })
  })
}
