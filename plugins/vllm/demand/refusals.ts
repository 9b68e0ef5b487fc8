import { ControlError, type JobView, type Service } from '#core'
import { VLLM_CODES } from '../errors.ts'
import { servedBy } from '../served.ts'
import type { Settings } from '../settings.ts'
import { duration } from '../words.ts'
import { FAILED_FOR_MS } from './scheduler.ts'
import type { Situation } from './situation.ts'

const SHORT_WAIT_S = 15

/** Why a load that somebody waited for came to nothing, as its job says. */
export function loadFailure({ title, error }: JobView): ControlError {
  const code = error?.code ?? 'JOB_CANCELLED'
  return new ControlError(code, error?.message ?? `“${title}” was cancelled.`, {
    status: VLLM_CODES[code as keyof typeof VLLM_CODES] ?? 503,
    ...(error?.hint !== undefined && { hint: error.hint }),
    retryAfterS: FAILED_FOR_MS / 1000,
  })
}

/** max_wait has passed before the model answered. */
export function waitedTooLong(
  service: Service<Settings>,
  {
    model,
    now,
    waitedMs,
    phase,
  }: { model: string; now: Situation; waitedMs: number; phase: string },
): ControlError {
  const last = servedBy(service).kept.load(model)
  const startedAt = now.loading === model ? now.job?.started_at : undefined
  const sinceS = startedAt ? (service.clock.now() - Date.parse(startedAt)) / 1000 : 0
  return new ControlError(
    'MODEL_LOADING',
    `${model} was not ready after ${duration(waitedMs / 1000)}: ${phase}.`,
    {
      retryAfterS: last ? Math.max(5, Math.ceil(last.seconds - sinceS)) : SHORT_WAIT_S,
      hint: 'Ask again; max_wait of the service says how long a request waits.',
    },
  )
}

/** The service is set up anew, or the controller ends. */
export const serviceLeaves = (service: string): ControlError =>
  new ControlError('DRAINING', `${service} is being set up anew; nothing waits for it now.`, {
    hint: 'Ask again in a moment.',
    retryAfterS: 5,
  })
