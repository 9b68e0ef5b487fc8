import { createHash } from 'node:crypto'
import {
  type Answer,
  answer,
  type Call,
  type JsonRoute,
  type OperateHandler,
  type Plan,
} from '../api.ts'
import type { LeaseRef } from '../coordination/lease.ts'
import { asControlError, ControlError } from '../errors.ts'
import type { PlanView } from '../views.ts'

export interface OperateOptions {
  /** Only show the plan. */
  isDryRun: boolean
  /** Digest of the plan the caller agreed to; absent for programs that do not ask first. */
  digest?: string
  /** Throws LEASE_HELD if somebody else holds what the plan needs; answers the caller's own lease. */
  arbitrate?(plan: Plan | null): LeaseRef | undefined
  /** Told the plan as soon as there is one. */
  onPlan?(plan: Plan | null): void
}

/**
 * The one way an act happens: plan, show or compare, arbitrate, apply. What the dialog showed and
 * what is done come from the same plan.
 */
export async function operate<R extends JsonRoute>(
  handler: OperateHandler<R>,
  call: Call<R>,
  options: OperateOptions,
): Promise<Answer> {
  const plan = await handler.plan(call)
  options.onPlan?.(plan)
  const view = plan && viewPlan(plan)
  if (options.isDryRun) return answer(200, view && { ...view, ...obstacleOf(plan, options) })
  if (options.digest !== undefined && options.digest !== view?.digest) {
    throw new ControlError('PLAN_CHANGED', 'what would happen has changed since it was shown', {
      hint: 'look at the new plan and confirm again',
    })
  }
  const lease = options.arbitrate?.(plan)
  return handler.apply(plan, lease ? { ...call, lease } : call)
}

/** Why the act would be refused now, for whoever only looks. */
function obstacleOf(plan: Plan | null, { arbitrate }: OperateOptions): Pick<PlanView, 'waits'> {
  try {
    arbitrate?.(plan)
    return {}
  } catch (thrown) {
    const { code, message, hint, holder } = asControlError(thrown)
    return { waits: { code, message, ...(hint !== undefined && { hint }), holder } }
  }
}

/** The plan as the wire shows it. The digest leaves out what changes by the second (counts, times). */
function viewPlan(plan: Plan): PlanView {
  const { title, confirm, commands, stops, consequence, irreversible, holds } = plan
  const agreed = JSON.stringify([commands, stops, holds])
  return {
    title,
    confirm,
    commands,
    stops,
    consequence,
    ...(irreversible !== undefined && { irreversible }),
    holds,
    last_seconds: plan.last_seconds,
    running_requests: plan.running_requests,
    digest: createHash('sha256').update(agreed).digest('base64url').slice(0, 22),
  }
}
