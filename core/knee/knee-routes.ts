import { Type } from '@sinclair/typebox'
import { type Api, answer, type Handlers, QUIET } from '../api.ts'
import { ControlError } from '../errors.ts'
import type { LiveService } from '../services.ts'
import { JobView } from '../views.ts'
import { KNEE_JOB, notMeasurable } from './knee-job.ts'

/** How many at a time are tried where the caller does not say. */
const MOST = 32

export const kneeApi = {
  'POST /api/services/:id/knee': {
    summary: 'Measures how many requests a service had best be sent at a time',
    effect: 'operate',
    params: Type.Object({ id: Type.String({ maxLength: 64 }) }),
    body: Type.Object({
      most: Type.Optional(Type.Integer({ minimum: 1, maximum: 256 })),
      plan: Type.Optional(Type.String()),
    }),
    reply: { 202: Type.Object({ job: JobView }) },
  },
} as const satisfies Api

export const kneeHandlers = (find: (id: string) => LiveService): Handlers<typeof kneeApi> => ({
  'POST /api/services/:id/knee': {
    plan({ params }) {
      const { spec, loaded, service, failure } = find(params.id)
      if (failure) throw failure
      if (!loaded.plugin.sample) throw notMeasurable(spec.id, loaded.plugin.kind)
      const busy = service.http().inFlight
      if (busy > 0)
        throw new ControlError('KNEE_DISTURBED', `${spec.id} is answering ${busy} requests`, {
          hint: 'measure when nobody uses it',
        })
      return {
        ...QUIET,
        title: `Measure how much ${spec.id} takes at a time?`,
        confirm: 'Measure',
        consequence: `For a minute or more ${spec.id} is kept as busy as it can be; others who use it wait for longer. Nothing is changed.`,
        holds: [spec.id],
      }
    },
    apply(plan, { params, body, lease }) {
      const { service, loaded } = find(params.id)
      const most = Math.min(body.most ?? MOST, loaded.plugin.limits?.ceiling ?? Number.MAX_VALUE)
      const holds = plan?.holds ?? []
      const { job } = service.jobs.start({
        ...{ name: KNEE_JOB, input: { most }, joinKey: 'knee', holds, lease },
      })
      return answer(202, { job }, { location: `/api/jobs/${job.id}` })
    },
  },
})
