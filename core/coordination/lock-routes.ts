import { Type } from '@sinclair/typebox'
import { type Api, answer, type Call, type Handlers, type Plan, QUIET } from '../api.ts'
import { ControlError } from '../errors.ts'
import { Nullable } from '../wire-types.ts'
import { type LeaseView, LeaseView as View } from './lease.ts'
import type { Leases } from './leases.ts'
import { assertKnown, Line, RESOURCE, type ResourceNames } from './request-parts.ts'
import { nameOf } from './resources.ts'
import { ago, lasting } from './words.ts'

const Seconds = Type.Integer({ minimum: 1, maximum: 86_400 })
const Digest = Type.Optional(Type.String({ maxLength: 200 }))

export const lockApi = {
  'GET /api/coordination/lock': {
    summary: 'Who has reserved what, until when',
    effect: 'read',
    reply: { 200: Type.Object({ leases: Type.Array(View) }) },
  },
  'POST /api/coordination/lock': {
    summary: 'Reserves every GPU, those of a host, or a service; the token is shown once',
    effect: 'operate',
    is_secret: true,
    body: Type.Object({
      owner: Line(100, 'who reserves it, as people are to read it'),
      reason: Type.Optional(Line(300, 'what for')),
      ttl_s: Seconds,
      resource: Type.String({
        pattern: RESOURCE,
        default: 'gpu',
        description: 'gpu, gpu:<host> or the id of a service',
      }),
      plan: Digest,
    }),
    reply: { 201: Type.Composite([Type.Object({ token: Type.String() }), View]) },
  },
  'PUT /api/coordination/lock': {
    summary: 'Renews the reservation of X-Lock-Token: its time counts from now',
    effect: 'use',
    body: Type.Optional(Type.Object({ ttl_s: Type.Optional(Seconds) })),
    reply: { 200: View },
  },
  'DELETE /api/coordination/lock': {
    summary: 'Releases the reservation of X-Lock-Token; ?force=true releases one of somebody else',
    effect: 'operate',
    query: Type.Object({
      force: Type.Boolean({ default: false, description: "the operator's override" }),
      fence: Type.Optional(
        Type.Integer({ minimum: 1, description: 'which one to force, where there are several' }),
      ),
    }),
    reply: { 200: Type.Object({ released: Nullable(View) }) },
  },
} as const satisfies Api

type Delete = (typeof lockApi)['DELETE /api/coordination/lock']
type ReleasePlan = Plan & { lease: LeaseView }

export function lockHandlers(
  leases: Leases,
  names: ResourceNames,
  now: () => number,
): Handlers<typeof lockApi> {
  return {
    'GET /api/coordination/lock': () => answer(200, { leases: leases.list() }),
    'POST /api/coordination/lock': {
      plan({ body }) {
        assertKnown(body.resource, names)
        return planAcquire(body)
      },
      apply(_plan, { body }) {
        const { owner, resource, reason = null, ttl_s } = body
        const { token, lease } = leases.acquire({ owner, resource, reason, ttlMs: ttl_s * 1000 })
        return answer(201, { token, ...lease }, { 'cache-control': 'no-store' })
      },
    },
    'PUT /api/coordination/lock': ({ lockToken, body }) => {
      const ttlMs = body?.ttl_s === undefined ? undefined : body.ttl_s * 1000
      return answer(200, leases.renew(required(lockToken), ttlMs))
    },
    'DELETE /api/coordination/lock': {
      plan(call): ReleasePlan | null {
        if (!call.query.force) return planRelease(leases.holderOf(required(call.lockToken)))
        const lease = findForced(leases.list(), call)
        return lease && planForce(lease, now())
      },
      apply(plan: ReleasePlan | null, call) {
        if (!plan) return answer(200, { released: null })
        if (!call.query.force)
          return answer(200, { released: leases.release(required(call.lockToken)) })
        const by = call.caller.token ?? call.caller.address
        return answer(200, { released: leases.force(plan.lease.fence, by) ?? null })
      },
    },
  }
}

function required(token: string | undefined): string {
  if (token !== undefined) return token
  const message = 'is missing; send the token that POST answered'
  throw new ControlError('VALIDATION', `X-Lock-Token: ${message}`, {
    details: [{ path: 'X-Lock-Token', message }],
  })
}

/** The one that is meant: by its fence, or the only one. */
function findForced(held: LeaseView[], { query }: Call<Delete>): LeaseView | null {
  if (query.fence !== undefined) return held.find(({ fence }) => fence === query.fence) ?? null
  const [only, second] = held
  if (!second) return only ?? null
  const message = `is missing; held are ${held.map((it) => `${it.fence} (${it.resource}, “${it.owner}”)`).join(', ')}`
  throw new ControlError('VALIDATION', `fence: ${message}`, {
    details: [{ path: 'fence', message }],
  })
}

const planAcquire = (wanted: { owner: string; resource: string; ttl_s: number }): Plan => ({
  ...QUIET,
  title: `Reserve ${nameOf(wanted.resource)} for “${wanted.owner}”?`,
  confirm: 'Reserve it',
  consequence: `For ${lasting(wanted.ttl_s)} only “${wanted.owner}” can load, unload or restart what is on it. Requests are answered as before.`,
  holds: [wanted.resource],
})

const planRelease = (lease: LeaseView): ReleasePlan => ({
  ...QUIET,
  lease,
  title: `Release the reservation of “${lease.owner}”?`,
  confirm: 'Release the reservation',
  consequence: `Others can change what is on ${nameOf(lease.resource)} again. Nothing stops.`,
})

const planForce = (lease: LeaseView, nowMs: number): ReleasePlan => {
  const left = lasting((Date.parse(lease.expires_at) - nowMs) / 1000)
  const why = lease.reason ? ` for “${lease.reason}”` : ''
  const renewed = lease.renewed_at === lease.acquired_at ? 'took it' : 'renewed it'
  const sinceS = (nowMs - Date.parse(lease.renewed_at)) / 1000
  const isAtWork = sinceS < lease.ttl_s / 2
  return {
    ...QUIET,
    lease,
    title: `Take ${nameOf(lease.resource)} away from “${lease.owner}”?`,
    confirm: 'Release the reservation',
    stops: [`The reservation of “${lease.owner}” (number ${lease.fence}) ends.`],
    consequence: `It is reserved for another ${left}${why}. “${lease.owner}” ${renewed} ${ago(sinceS)}${isAtWork ? ', so it is probably still working' : '; whether it is still working is not known'}.
If you release it, that program's own swaps are refused from now on; work it has in hand may fail. Nothing is stopped by releasing alone.
This is recorded with your address.`,
    irreversible: `“${lease.owner}” does not get it back; it has to reserve it again.`,
  }
}
