import { Type } from '@sinclair/typebox'
import { type Api, answer, type Handlers, QUIET } from '../api.ts'
import { ControlError } from '../errors.ts'
import type { Jobs } from '../jobs/jobs.ts'
import { JobView } from '../views.ts'
import { Nullable } from '../wire-types.ts'

const Id = Type.Object({ id: Type.String({ maxLength: 64 }) })

export const jobsApi = {
  'GET /api/jobs': {
    summary: 'Jobs, newest first',
    effect: 'read',
    query: Type.Object({
      service: Type.Optional(Type.String()),
      state: Type.Optional(Type.String()),
      limit: Type.Integer({ minimum: 1, maximum: 200, default: 50 }),
      cursor: Type.Optional(Type.String()),
    }),
    reply: {
      200: Type.Object({
        jobs: Type.Array(JobView),
        next_cursor: Nullable(Type.String()),
      }),
    },
  },
  'GET /api/jobs/:id': {
    summary: 'One job; ?wait=60 answers when it ends, or after so many seconds',
    effect: 'read',
    params: Id,
    query: Type.Object({ wait: Type.Number({ minimum: 0, maximum: 300, default: 0 }) }),
    reply: { 200: JobView },
  },
  'POST /api/jobs/:id/cancel': {
    summary: 'Cancels a job',
    effect: 'operate',
    params: Id,
    body: Type.Object({ plan: Type.Optional(Type.String()) }),
    reply: { 202: Type.Object({ job: JobView }) },
  },
} as const satisfies Api

export const jobsHandlers = (jobs: Jobs): Handlers<typeof jobsApi> => ({
  'GET /api/jobs': ({ query }) => answer(200, jobs.list(query)),
  'GET /api/jobs/:id': async ({ params, query, signal }) => {
    if (query.wait > 0) await jobs.wait(params.id, query.wait * 1000, signal)
    return answer(200, known(jobs, params.id))
  },
  'POST /api/jobs/:id/cancel': {
    plan: ({ params }) => {
      const job = known(jobs, params.id)
      if (job.ended_at !== null)
        throw new ControlError('JOB_ENDED', `job ${job.id} has already ended: ${job.state}`)
      return {
        ...QUIET,
        title: `Cancel “${job.title}”?`,
        confirm: 'Cancel the job',
        stops: [`${job.title} stops where it is.`],
        consequence: `${job.phase ? `It is at “${job.phase}”. ` : ''}What it has started is stopped again. Nothing else is touched.`,
        // What would be left half done is the reservation holder's too.
        holds: [...(jobs.holding().find(({ id }) => id === job.id)?.holds ?? [])],
      }
    },
    apply: (_plan, { params }) => {
      jobs.cancel(params.id)
      return answer(202, { job: known(jobs, params.id) })
    },
  },
})

/** The job of this id; throws JOB_UNKNOWN. */
export function known(jobs: Jobs, id: string): JobView {
  const job = jobs.get(id)
  if (!job)
    throw new ControlError('JOB_UNKNOWN', `no job "${id}"`, { hint: 'GET /api/jobs lists them' })
  return job
}
