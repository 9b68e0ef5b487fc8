import type { JobContext } from './job-context.ts'

/**
 * Lets running requests finish while new ones get 503, then cuts what is left. Returns how many
 * were cut. The caller resumes the upstream when the port has been given up.
 */
export async function drain(context: JobContext, drainS: number): Promise<number> {
  const { job, service, signal } = context
  const upstream = service.http()
  const before = upstream.inFlight
  if (drainS > 0 && before > 0) {
    job.line(`letting ${before} running requests finish, at most ${drainS} s`)
  }
  const isEmpty = await upstream.drain(drainS * 1000, signal)
  const cut = isEmpty ? 0 : upstream.cut()
  if (cut > 0) job.line(`${cut} ${cut === 1 ? 'request was' : 'requests were'} cut`)
  return cut
}
