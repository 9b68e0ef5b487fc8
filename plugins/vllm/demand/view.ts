import { At, Nullable, type Static, Type } from '#core'
import type { Group } from './line.ts'
import type { Policy } from './settings.ts'

/** How a service on demand stands; times in seconds. */
export const DemandView = Type.Object({
  min_loaded_s: Type.Number(),
  max_wait_s: Type.Number(),
  /** null: what is loaded stays. */
  idle_unload_s: Nullable(Type.Number()),
  default_model: Nullable(Type.String()),
  /** Models that requests wait for, in the order they come. */
  waiting: Type.Array(
    Type.Object({
      model: Type.String(),
      requests: Type.Integer(),
      /** When the oldest of them came. */
      since: At,
      /** 1 is being loaded, or comes next. */
      position: Type.Integer(),
      /** What it waits for now. */
      phase: Type.String(),
    }),
  ),
})
export type DemandView = Static<typeof DemandView>

/** The view of a policy and of the models waited for, in the order they come. */
export const viewDemand = (
  { minLoadedMs, maxWaitMs, idleUnloadMs, defaultModel }: Policy,
  groups: readonly Group[],
  phase: (model: string) => string,
): DemandView => ({
  min_loaded_s: minLoadedMs / 1000,
  max_wait_s: maxWaitMs / 1000,
  idle_unload_s: idleUnloadMs === null ? null : idleUnloadMs / 1000,
  default_model: defaultModel,
  waiting: groups.map(({ model, requests, sinceMs }, index) => ({
    ...{ model, requests, since: new Date(sinceMs).toISOString() },
    ...{ position: index + 1, phase: phase(model) },
  })),
})
