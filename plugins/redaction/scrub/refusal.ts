import { ControlError } from '#core'
import { REASONS, type RefusalCode, Refused } from '../refused.ts'

const HINTS: Partial<Record<RefusalCode, string>> = {
  SESSION_FULL: 'Begin a new one: leave out the handle.',
  RESTORED_TOO_LARGE: 'Restore it in several parts.',
}

/** A refusal with a fixed sentence, as the API tells it. */
export function refuse(code: RefusalCode): ControlError {
  const [status, message] = REASONS[code]
  const hint = HINTS[code]
  return new ControlError(code, status === 413 ? message : `${message} Nothing was let out.`, {
    status,
    ...(status === 503 && { retryAfterS: 5 }),
    ...(hint !== undefined && { hint }),
  })
}

/** Whatever was thrown, as something that can be told without telling what was given. */
export function asRefusal(thrown: unknown): ControlError {
  if (thrown instanceof Refused) return refuse(thrown.code)
  return thrown instanceof ControlError ? thrown : refuse('SCRUB_FAILED')
}

/** Runs what may be refused; the refusal is thrown as the API tells it, anything else as it is. */
export function told<T>(work: () => T): T {
  try {
    return work()
  } catch (thrown) {
    throw thrown instanceof Refused ? refuse(thrown.code) : thrown
  }
}
