import { type JobView, live } from '#ui'

/** Whether a job loads or unloads an engine; others only work on the disks. */
export const movesEngine = ({ kind }: Pick<JobView, 'kind'>): boolean =>
  /\.(swap|unload)$/.test(kind)

/** The running job that loads, downloads or deletes a model. */
export const jobOn = (repo: string): JobView | undefined =>
  live.jobs.find(
    ({ ended_at, input }) =>
      ended_at === null && (input as { model?: unknown } | null)?.model === repo,
  )
