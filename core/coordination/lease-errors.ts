import { toAt } from '../clock.ts'
import { ControlError } from '../errors.ts'
import type { Lease } from './lease.ts'

/** A job that has not ended, and what it holds. */
export interface RunningJob {
  id: string
  title: string
  holds: readonly string[]
}

/** LEASE_HELD: by whom, why, until when. */
export function heldError(lease: Lease, nowMs: number): ControlError {
  const why = lease.reason ? ` for “${lease.reason}”` : ''
  return new ControlError(
    'LEASE_HELD',
    `“${lease.owner}” has reserved ${nameOf(lease.resource)} until ${toAt(lease.expiresAt)}${why}`,
    {
      hint: 'wait until then, send its token as X-Lock-Token, or release it on the dashboard',
      holder: holderOf(lease),
      retryAfterS: secondsLeft(lease, nowMs),
    },
  )
}

/** LEASE_HELD for a lease nobody can have yet: a job is at work on its resource. */
export const jobError = (job: RunningJob, resource: string): ControlError =>
  new ControlError('LEASE_HELD', `“${job.title}” is running and holds ${nameOf(resource)}`, {
    hint: 'reserve it when the job has ended: GET /api/jobs/:id?wait=60',
    holder: { job: job.id, title: job.title },
    retryAfterS: 10,
  })

/** LEASE_LOST: how the lease of this token ended, and who has its resource now. */
export function lostError(ended: Lease | undefined, next: Lease | undefined, nowMs: number) {
  const message = ended
    ? `the lease of “${ended.owner}” on ${nameOf(ended.resource)} is over: it ${howItEnded(ended)}`
    : 'no lease has this token'
  return new ControlError('LEASE_LOST', message, {
    hint: 'stop what you do under it, then acquire again: POST /api/coordination/lock',
    ...(next && { holder: holderOf(next), retryAfterS: secondsLeft(next, nowMs) }),
  })
}

/** A resource in the owner's words. */
export function nameOf(resource: string): string {
  if (resource === 'gpu') return 'every GPU'
  return resource.startsWith('gpu:') ? `the GPU of ${resource.slice(4)}` : resource
}

function howItEnded({ ended, expiresAt }: Lease): string {
  if (ended?.how === 'expired') return `expired at ${toAt(expiresAt)}`
  if (ended?.how === 'forced')
    return `was released by an operator (${ended.by}) at ${toAt(ended.at)}`
  return `was released at ${toAt(ended?.at ?? expiresAt)}`
}

const holderOf = ({ owner, reason, resource, fence, expiresAt }: Lease) => ({
  owner,
  reason,
  resource,
  fence,
  expires_at: toAt(expiresAt),
})

const secondsLeft = ({ expiresAt }: Lease, nowMs: number): number =>
  Math.max(1, Math.ceil((expiresAt - nowMs) / 1000))
