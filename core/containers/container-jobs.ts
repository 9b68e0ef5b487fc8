import { type Static, Type } from '@sinclair/typebox'
import { ControlError } from '../errors.ts'
import type { JobDef } from '../jobs/job.ts'
import type { Health, Service } from '../plugin.ts'
import type { KeyValue } from '../store/store.ts'
import { CONTAINER_ACTS, type ContainerAct } from './container-act.ts'
import { runContainerAct } from './run-act.ts'

/** Input of the jobs that start, stop and restart a container. */
export const ContainerInput = Type.Object({ container: Type.String(), host: Type.String() })
export type ContainerInput = Static<typeof ContainerInput>

/** What the jobs need beside the service they belong to. */
export interface ContainerJobDeps {
  /** One look at the service by its kind; throws where it cannot be reached. */
  probe(service: string, signal: AbortSignal): Promise<Health>
  /** Where durations are kept, by service. */
  storeOf(service: string): KeyValue
}

export const jobName = (act: ContainerAct): string => `container-${act}`

/** Key of the seconds an act took last. */
export const durationKey = (act: ContainerAct, { host, container }: ContainerInput): string =>
  `seconds/${act}/${host}/${container}`

/** What pages are told is out of date when a container of the service has changed. */
export const containersTopic = (service: string): string => `containers/${service}`

/** The jobs every kind with plain containers has. */
export function containerJobs(deps: ContainerJobDeps): Record<string, JobDef> {
  return Object.fromEntries(CONTAINER_ACTS.map((act) => [jobName(act), jobOf(act, deps)]))
}

function jobOf(act: ContainerAct, deps: ContainerJobDeps): JobDef {
  const verb = { start: 'Start', stop: 'Stop', restart: 'Restart' }[act]
  const def: JobDef<typeof ContainerInput> = {
    input: ContainerInput,
    title: ({ container, host }) => `${verb} ${container} on ${host}`,
    async run(job, service: Service) {
      const host = service.hosts.get(job.input.host)
      if (!host)
        throw new ControlError('HOST_UNKNOWN', `${job.input.host} left the topology meanwhile`)
      try {
        const result = await runContainerAct({
          ...{ act, job, host, container: job.input.container, clock: service.clock },
          probe: (signal) => deps.probe(service.id, signal),
        })
        const seconds = (service.clock.now() - job.startedAt) / 1000
        deps.storeOf(service.id).set(durationKey(act, job.input), seconds)
        return result
      } finally {
        service.changed(containersTopic(service.id))
        service.probeSoon()
      }
    },
  }
  return def as unknown as JobDef
}
