import { Type } from '@sinclair/typebox'
import { answer, type Handler, type OperateHandler } from '../../api.ts'
import { asControlError } from '../../errors.ts'
import type { Service } from '../../plugin.ts'
import { JobView } from '../../views.ts'
import { Nullable } from '../../wire-types.ts'
import { fetchSource } from './fetch-source.ts'
import { UPDATE_SECONDS, VERSION_TOPIC } from './update-job.ts'
import { planUpdate, type UpdatePlan } from './update-plan.ts'
import type { UpdateTarget } from './update-source.ts'
import { lookAtSource, VersionView, viewVersion } from './version.ts'

const Trouble = Type.Object({
  code: Type.String(),
  message: Type.String(),
  hint: Type.Optional(Type.String()),
})

/** Routes of a kind whose container is updated from its source; `updateHandlers` answers them. */
export const versionRoute = {
  summary: 'Which version is there, and what is new as it was fetched last',
  effect: 'read',
  reply: {
    200: Type.Object({
      /** Null: its settings say nothing of a source. */
      version: Nullable(VersionView),
      /** Why the last look for something new failed. */
      fetch_error: Nullable(Trouble),
    }),
  },
} as const
export const updateRoute = {
  summary: 'Updates to the newest version: fetch, fast-forward, build, replace, make sure',
  effect: 'operate',
  reply: {
    200: Type.Object({ unchanged: Type.Literal(true), version: VersionView }),
    202: Type.Object({ job: JobView }),
  },
} as const

export interface UpdateRoutesOptions {
  service: Service
  title: string
  /** Throws where it is not set up for updates. */
  targetOf(): UpdateTarget
  whileAway?: string
  /** Whether its settings say where its source lies; if not, nothing is fetched. */
  hasSource: boolean
}

const FIRST_FETCH_MS = 20_000
const FETCH_EVERY_MS = 60 * 60_000

/**
 * Handlers for both routes. Until the service stops, it is seen to every hour whether there is
 * something new; that only fetches.
 */
export function updateHandlers(options: UpdateRoutesOptions): {
  version: Handler<typeof versionRoute>
  update: OperateHandler<typeof updateRoute, UpdatePlan>
} {
  const { service, title, targetOf, whileAway } = options
  const state: { trouble: typeof Trouble.static | null } = { trouble: null }
  const take = (trouble: typeof state.trouble) => {
    state.trouble = trouble
  }
  if (options.hasSource) keepFetching(options, take)
  const look = async (signal: AbortSignal) => viewVersion(await lookAtSource(targetOf(), signal))
  return {
    version: async ({ signal }) =>
      answer(200, {
        version: options.hasSource ? await look(signal) : null,
        fetch_error: state.trouble,
      }),
    update: {
      async plan({ signal }) {
        const plan = await planUpdate(targetOf(), {
          ...{ service: { id: service.id, title }, signal, ...(whileAway && { whileAway }) },
          lastSeconds: service.store.get<number>(UPDATE_SECONDS) ?? null,
        })
        state.trouble = null
        service.changed(VERSION_TOPIC)
        return plan
      },
      async apply(plan, { signal, lease }) {
        if (!plan) return answer(200, { unchanged: true as const, version: await look(signal) })
        const { from, to, holds } = plan
        const request = {
          name: 'update',
          input: { what: title, from, to },
          joinKey: 'update',
          holds,
          lease,
        }
        return answer(202, { job: service.jobs.start(request).job })
      },
    },
  }
}

/** Fetches now and then until the service stops. */
function keepFetching(
  { service, targetOf }: Pick<UpdateRoutesOptions, 'service' | 'targetOf'>,
  take: (trouble: typeof Trouble.static | null) => void,
): void {
  const { clock, signal } = service
  const run = async () => {
    await clock.sleep(FIRST_FETCH_MS, signal)
    for (;;) {
      try {
        await fetchSource(targetOf(), signal)
        take(null)
      } catch (thrown) {
        signal.throwIfAborted()
        const { code, message, hint } = asControlError(thrown)
        take({ code, message, ...(hint !== undefined && { hint }) })
      }
      service.changed(VERSION_TOPIC)
      await clock.sleep(FETCH_EVERY_MS, signal)
    }
  }
  run().catch(() => {
    // the service has stopped
  })
}
