import type { Host, Job, Service } from '#core'
import type { Engine } from '../launch/engine.ts'
import { type ServedBox, servedBy } from '../served.ts'
import { engineFor, hostsOf } from '../services.ts'
import type { Settings } from '../settings.ts'

/** What the steps of a job share. */
export interface JobContext {
  job: Pick<Job, 'line' | 'phase' | 'percent'>
  service: Service<Settings>
  box: ServedBox
  /** What the engine runs in. */
  engine: Engine
  /** Aborted by cancel; cleaning up takes one that is not. */
  signal: AbortSignal
}

/** The context of a job's steps. */
export const contextOf = (job: Job, service: Service<Settings>): JobContext => ({
  job,
  service,
  box: servedBy(service),
  engine: engineFor(service),
  signal: job.signal,
})

/** The hosts of the given ids that the service still has. */
export function pickHosts(service: Service<Settings>, ids: readonly string[]): Host[] {
  const known = new Map(hostsOf(service).map((host) => [host.id, host]))
  return ids.flatMap((id) => known.get(id) ?? service.hosts.get(id) ?? [])
}
