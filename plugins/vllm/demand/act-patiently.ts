import { asControlError, type JobView, type JsonRoute, type Kind, type OperateHandler } from '#core'
import type { door } from '../api.ts'

/** How acts are done: the same plan and apply as behind POST /api/swap and /api/unload. */
export interface Acts {
  swap: OperateHandler<(typeof door)['POST /api/swap']>
  unload: OperateHandler<(typeof door)['POST /api/unload']>
}

/** What became of an act. */
export type Outcome =
  | { is: 'begun'; job: string }
  /** There was nothing to do. */
  | { is: 'unchanged' }
  /** Requests are being answered that it would have cut. */
  | { is: 'answering' }
  /** Another job, a lease or a machine that does not answer just now stands in the way. */
  | { is: 'held'; by: string }

/**
 * Does an act as a caller of the API would, except that it never cuts a request. What stands in the
 * way for good is thrown.
 */
export async function actPatiently<R extends JsonRoute>(
  kind: Pick<Kind, 'operate'>,
  handler: OperateHandler<R>,
  body: object,
  signal: AbortSignal,
): Promise<Outcome> {
  const patient: OperateHandler<R> = {
    plan: async (call) => {
      const plan = await handler.plan(call)
      if (plan && plan.running_requests > 0) throw new StillAnswering()
      return plan
    },
    apply: (plan, call) => handler.apply(plan, call),
  }
  try {
    const { value } = await kind.operate(patient, body, signal)
    const { job } = value as { job: JobView | null }
    return job ? { is: 'begun', job: job.id } : { is: 'unchanged' }
  } catch (thrown) {
    if (thrown instanceof StillAnswering) return { is: 'answering' }
    const { code, message } = asControlError(thrown)
    const isPassing = code === 'JOB_RUNNING' || code === 'LEASE_HELD' || code.startsWith('HOST_')
    if (isPassing) return { is: 'held', by: message }
    throw thrown
  }
}

class StillAnswering extends Error {}
