import { ControlError, type Job, type Service } from '#core'
import { vllmError } from '../errors.ts'
import { troubleOf } from './trouble.ts'

/** Why a load failed: its memory was taken away on purpose, or else what it says itself. */
export function explainStop(
  service: Pick<Service, 'store'>,
  job: Pick<Job, 'startedAt'>,
  thrown: unknown,
): unknown {
  const trouble = troubleOf(service)
  if (trouble?.code !== 'MEMORY_FLOOR' || Date.parse(trouble.at) < job.startedAt) return thrown
  return vllmError('MEMORY_FLOOR', trouble.message, {
    hint: trouble.hint,
    cause: thrown,
    ...(thrown instanceof ControlError && thrown.logTail && { logTail: thrown.logTail }),
  })
}
