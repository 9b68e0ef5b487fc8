import type { Host, Job, Service } from '#core'
import { type ServedBox, servedBy } from './served.ts'
import { hostsOf } from './services.ts'
import type { Settings } from './settings.ts'

/** What the steps of a job share. */
export interface JobContext {
  job: Pick<Job, 'line' | 'phase' | 'percent'>
  service: Service<Settings>
  box: ServedBox
  container: string
  /** Aborted by cancel; cleaning up takes one that is not. */
  signal: AbortSignal
}

/** The context of a job's steps. */
export const contextOf = (job: Job, service: Service<Settings>): JobContext => ({
  job,
  service,
  box: servedBy(service),
  container: service.settings.container,
  signal: job.signal,
})

/** The hosts of the given ids that the service still has. */
export function pickHosts(service: Service<Settings>, ids: readonly string[]): Host[] {
  const known = new Map(hostsOf(service).map((host) => [host.id, host]))
  return ids.flatMap((id) => known.get(id) ?? service.hosts.get(id) ?? [])
}
