import type { Answer, Call, JsonRoute, Plan } from '../api.ts'
import type { LeaseRef } from '../coordination/lease.ts'
import { nameOf } from '../coordination/resources.ts'
import type { ControlError } from '../errors.ts'
import type { EventView } from '../events/event-view.ts'
import type { AuditEntry, Outcome } from './audit.ts'

/** A call of an operate route, and what came of it. */
export interface Act {
  /** `POST /api/swap` */
  action: string
  route: JsonRoute
  caller: Call['caller']
  /** Undefined where it was refused before one was made; null: there was nothing to do. */
  plan: Plan | null | undefined
  result: Answer | ControlError
}

/** What is kept of an act. Bodies are not: they may hold what is nobody's business. */
export function entryOfAct({ action, route, caller, plan, result }: Act): AuditEntry {
  return {
    action,
    title: plan?.title.replace(/\?$/, '') ?? route.summary,
    address: caller.address,
    token: caller.token ?? null,
    ...(result instanceof Error ? refusal(result) : success(result)),
  }
}

/** What is kept of what happens without a call: the end of a job, a lease that is over. */
export function entryOfEvent(event: EventView): AuditEntry | undefined {
  if (event.type === 'lease' && event.change === 'expired') {
    const { owner, fence, resource } = event.lease
    const title = `The reservation of “${owner}” on ${nameOf(resource)} is over`
    return { action: 'lease', title, outcome: 'done', owner, fence }
  }
  if (event.type !== 'job' || event.job.ended_at === null) return undefined
  const { id, title, state, error, lease } = event.job
  return {
    action: 'job',
    title,
    outcome: state as Outcome,
    job: id,
    ...(error && { code: error.code, message: error.message }),
    ...lease,
  }
}

function success({ value }: Answer): Pick<AuditEntry, 'outcome'> {
  const { job, unchanged, released } = (value ?? {}) as {
    job?: { id: string; lease?: LeaseRef } | null
    unchanged?: boolean
    released?: unknown
  }
  const isNothing = unchanged === true || released === null
  return {
    outcome: job ? 'started' : isNothing ? 'unchanged' : 'done',
    ...(job && { job: job.id }),
    ...leaseOf(job?.lease ?? released ?? value),
  }
}

function refusal({ status, code, message, holder }: ControlError): Pick<AuditEntry, 'outcome'> {
  return {
    outcome: status < 500 ? 'refused' : 'failed',
    ...{ code, message },
    ...leaseOf(holder),
  }
}

function leaseOf(value: unknown): Partial<LeaseRef> {
  const { owner, fence } = (value ?? {}) as Partial<LeaseRef>
  return typeof fence === 'number' && typeof owner === 'string' ? { owner, fence } : {}
}
