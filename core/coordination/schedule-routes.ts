import { type Static, Type } from '@sinclair/typebox'
import { type Api, answer, type Handlers, type Plan, QUIET } from '../api.ts'
import { toAt, toAtOrNull } from '../clock.ts'
import { At, Nullable } from '../wire-types.ts'
import type { Coordination } from './coordination.ts'
import { assertKnown } from './request-parts.ts'
import { nameOf } from './resources.ts'
import { checkSchedule, type Schedule, ScheduleBody, startsOf } from './schedule.ts'
import { listUpcoming, Occurrence } from './upcoming.ts'
import { lasting } from './words.ts'

const Id = Type.Object({ id: Type.String({ pattern: '^[0-9a-f]{1,32}$' }) })

/** A schedule as everybody may see it. */
export const ScheduleView = Type.Composite([
  Type.Omit(ScheduleBody, ['plan']),
  Type.Object({
    id: Type.String(),
    created_at: At,
    updated_at: At,
    /** When it comes next; null: never again. */
    next_at: Nullable(At),
  }),
])
export type ScheduleView = Static<typeof ScheduleView>

export const SchedulesPage = Type.Object({
  schedules: Type.Array(ScheduleView),
  from: At,
  to: At,
  /** What is due in between, with what clashes. */
  upcoming: Type.Array(Occurrence),
})
export type SchedulesPage = Static<typeof SchedulesPage>

export const schedulesApi = {
  'GET /api/coordination/schedules': {
    summary:
      'What programs say they will need, and what of it is due and clashes in the next hours',
    effect: 'read',
    query: Type.Object({ hours: Type.Integer({ minimum: 1, maximum: 168, default: 24 }) }),
    reply: { 200: SchedulesPage },
  },
  'POST /api/coordination/schedules': {
    summary: 'Registers a need: by cron in its time zone, or once. Nothing is run',
    effect: 'operate',
    body: ScheduleBody,
    reply: { 201: ScheduleView },
  },
  'GET /api/coordination/schedules/:id': {
    summary: 'One schedule',
    effect: 'read',
    params: Id,
    reply: { 200: ScheduleView },
  },
  'PUT /api/coordination/schedules/:id': {
    summary: 'Replaces a schedule',
    effect: 'operate',
    params: Id,
    body: ScheduleBody,
    reply: { 200: ScheduleView },
  },
  'DELETE /api/coordination/schedules/:id': {
    summary: 'Removes a schedule',
    effect: 'operate',
    params: Id,
    reply: { 200: ScheduleView },
  },
} as const satisfies Api

export function schedulesHandlers({
  schedules,
  names,
  hostsOf,
  now,
}: Omit<Coordination, 'leases'>): Handlers<typeof schedulesApi> {
  const check = (body: ScheduleBody): void => {
    assertKnown(body.resource, names)
    checkSchedule(body, now())
  }
  const view = (schedule: Schedule) => viewSchedule(schedule, now())
  return {
    'GET /api/coordination/schedules': ({ query }) => {
      const fromMs = now()
      const toMs = fromMs + query.hours * 3_600_000
      const all = schedules.list()
      return answer(200, {
        schedules: all.map(view),
        from: toAt(fromMs),
        to: toAt(toMs),
        upcoming: listUpcoming(all, fromMs, toMs, hostsOf),
      })
    },
    'POST /api/coordination/schedules': {
      plan({ body }) {
        check(body)
        return planOf(`Register the need of “${body.owner}”?`, 'Register it', body)
      },
      apply: (_plan, { body }) => {
        const made = schedules.add(body)
        const location = `/api/coordination/schedules/${made.id}`
        return answer(201, view(made), { location })
      },
    },
    'GET /api/coordination/schedules/:id': ({ params }) =>
      answer(200, view(schedules.get(params.id))),
    'PUT /api/coordination/schedules/:id': {
      plan({ params, body }) {
        schedules.get(params.id)
        check(body)
        return planOf(`Change the schedule of “${body.owner}”?`, 'Change it', body)
      },
      apply: (_plan, { params, body }) => answer(200, view(schedules.replace(params.id, body))),
    },
    'DELETE /api/coordination/schedules/:id': {
      plan: ({ params }) => planRemoval(schedules.get(params.id)),
      apply: (_plan, { params }) => answer(200, view(schedules.remove(params.id))),
    },
  }
}

const viewSchedule = (schedule: Schedule, nowMs: number): ScheduleView => ({
  ...schedule,
  next_at: toAtOrNull(startsOf(schedule, nowMs).next().value ?? null),
})

const planOf = (title: string, confirm: string, body: ScheduleBody): Plan => ({
  ...QUIET,
  title,
  confirm,
  consequence: `Everybody sees that “${body.owner}” will need ${nameOf(body.resource)} for ${lasting(body.duration_s)}. Nothing is reserved and nothing is run by it.`,
})

const planRemoval = ({ owner, contact }: Schedule): Plan => ({
  ...QUIET,
  title: `Remove the schedule of “${owner}”?`,
  confirm: 'Remove the schedule',
  consequence: `Others no longer see when “${owner}” will need the machines. Its program is not stopped, and may register it again.${contact ? ` To ask first: ${contact}.` : ''}`,
})
