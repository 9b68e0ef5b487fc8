import { toAt } from '../clock.ts'
import { ControlError } from '../errors.ts'
import type { Lease } from './lease.ts'
import { nameOf } from './resources.ts'
import { ago, lasting } from './words.ts'

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
    `“${lease.owner}” has reserved ${nameOf(lease.resource)}${why} for another ${lasting(secondsLeft(lease, nowMs))}`,
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
    ? `the lease of “${ended.owner}” on ${nameOf(ended.resource)} is over: it ${howItEnded(ended, nowMs)}`
    : 'no lease has this token'
  return new ControlError('LEASE_LOST', message, {
    hint: 'stop what you do under it, then acquire again: POST /api/coordination/lock',
    ...(next && { holder: holderOf(next), retryAfterS: secondsLeft(next, nowMs) }),
  })
}

function howItEnded({ ended, expiresAt }: Lease, nowMs: number): string {
  const when = ago((nowMs - (ended?.at ?? expiresAt)) / 1000)
  if (ended?.how === 'expired') return `expired ${when}`
  return ended?.how === 'forced'
    ? `was released by an operator (${ended.by}) ${when}`
    : `was released ${when}`
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
