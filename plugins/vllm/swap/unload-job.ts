import { type Job, type JobDef, type Service, type Static, Type } from '#core'
import { vllmError } from '../errors.ts'
import { assertManaged } from '../services.ts'
import type { Settings } from '../settings.ts'
import { list } from '../words.ts'
import { drain } from './drain.ts'
import { contextOf, pickHosts } from './job-context.ts'
import { stopEngine } from './stop-engine.ts'

export const UnloadInput = Type.Object({
  title: Type.String(),
  stop_nodes: Type.Array(Type.String()),
  drain_s: Type.Number(),
})
export type UnloadInput = Static<typeof UnloadInput>

/** Stops what is loaded and makes sure of it. */
export const unloadJob = {
  input: UnloadInput,
  title: (input: UnloadInput) => `Unload ${input.title}`,
  run: runUnload,
} satisfies JobDef<typeof UnloadInput, Settings>

async function runUnload(job: Job<UnloadInput>, service: Service<Settings>): Promise<unknown> {
  const context = contextOf(job, service)
  const { drain_s: drainS, stop_nodes: stopNodes } = job.input
  assertManaged(service)
  try {
    job.phase('letting requests finish')
    const cut = await job.step('drain', async ({ attempt }) =>
      attempt > 1 ? 0 : drain(context, drainS),
    )
    job.phase('stopping')
    const report = await job.step('stop', () => stopEngine(context, pickHosts(service, stopNodes)))
    if (report.withheld.length > 0) {
      throw vllmError(
        'NOT_STOPPED',
        `not stopped: the container is gone, but the memory of ${list(report.withheld)} has not come back`,
        {
          hint: `see what holds it: nvidia-smi and ps aux --sort=-rss on ${list(report.withheld)}`,
        },
      )
    }
    return { cut, stopped: report.stopped, freed_bytes: report.freedBytes }
  } finally {
    service.http().resume()
    service.probeSoon()
    service.changed('models')
  }
}
