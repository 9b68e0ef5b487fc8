import { asControlError, type Clock, type ControlError } from '#core'

export interface PatienceOptions {
  clock: Clock
  signal: AbortSignal
  /** Longest time without any success, in milliseconds. */
  forMs: number
  /** Told before each wait. */
  onWait(error: ControlError, waitMs: number): void
}

const FIRST_WAIT_MS = 500
const LONGEST_WAIT_MS = 30_000

/** Tries again, less and less often, while what fails is a server that is away, busy or late. */
export async function patiently<T>(work: () => Promise<T>, options: PatienceOptions): Promise<T> {
  const { clock, signal, forMs, onWait } = options
  const startedAt = clock.now()
  for (let tried = 0; ; tried++) {
    try {
      return await work()
    } catch (thrown) {
      signal.throwIfAborted()
      const error = asControlError(thrown)
      if (!isPassing(error) || clock.now() - startedAt >= forMs) throw thrown
      const growing = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** tried)
      const waitMs = Math.max(growing, Math.min(error.retryAfterS ?? 0, 60) * 1000)
      onWait(error, waitMs)
      await clock.sleep(waitMs, signal)
    }
  }
}

/** Whether it may well be over in a while: statuses of the connection and of too much to do. */
export const isPassing = ({ code, status }: ControlError): boolean =>
  code !== 'UPSTREAM_KEY_REFUSED' && [408, 429, 502, 503, 504].includes(status)
