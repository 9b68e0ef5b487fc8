import { Duration, durationMs, type KindMistake, type Static, Type } from '#core'
import { REPO } from '../recipe/patterns.ts'

/** `on_demand` of a service: models are loaded because somebody asks for them. */
export const OnDemand = Type.Object(
  {
    enabled: Type.Boolean({ default: true, description: 'false: the keys below do nothing' }),
    min_loaded: Duration({
      default: '2m',
      description: 'a loaded model stays at least so long, whoever waits',
    }),
    max_wait: Duration({
      default: '15m',
      description: 'a request waits at most so long for its model',
    }),
    idle_unload: Type.Optional(
      Duration({
        description: 'after so long without a request the model makes way; default: never',
      }),
    ),
    default_model: Type.Optional(
      Type.String({
        pattern: REPO,
        maxLength: 200,
        description: 'repo id that is loaded when nothing else is asked for',
      }),
    ),
    preload: Type.Boolean({
      default: false,
      description: 'load default_model at the start if nothing is loaded',
    }),
  },
  { additionalProperties: false, description: 'loads a model when a request asks for it' },
)
export type OnDemand = Static<typeof OnDemand>

/** How models take turns on one service. */
export interface Policy {
  minLoadedMs: number
  maxWaitMs: number
  /** null: what is loaded stays loaded. */
  idleUnloadMs: number | null
  defaultModel: string | null
  isPreloaded: boolean
}

/** The policy of a service; undefined where models are loaded by hand only. */
export function policyOf(settings: { on_demand?: OnDemand; manage: boolean }): Policy | undefined {
  const { on_demand: wanted, manage } = settings
  if (!wanted?.enabled || !manage) return undefined
  return {
    minLoadedMs: durationMs(wanted.min_loaded),
    maxWaitMs: durationMs(wanted.max_wait),
    idleUnloadMs: wanted.idle_unload === undefined ? null : durationMs(wanted.idle_unload),
    defaultModel: wanted.default_model ?? null,
    isPreloaded: wanted.preload,
  }
}

/** What does not go together in `on_demand`. */
export function checkOnDemand(settings: { on_demand?: OnDemand; manage: boolean }): KindMistake[] {
  const { on_demand: wanted, manage } = settings
  if (!wanted?.enabled) return []
  const mistakes: KindMistake[] = []
  if (!manage) {
    mistakes.push({
      at: 'on_demand',
      code: 'ON_DEMAND_NEEDS_MANAGE',
      message: 'nothing can be loaded on a service that is watched only',
      hint: 'remove manage: false, or on_demand',
    })
  }
  if (wanted.preload && wanted.default_model === undefined) {
    mistakes.push({
      at: 'on_demand.preload',
      code: 'PRELOAD_NEEDS_MODEL',
      message: 'nothing says which model to load at the start',
      hint: 'add default_model, the repo id of a model on the disks',
    })
  }
  if (durationMs(wanted.max_wait) <= durationMs(wanted.min_loaded)) {
    mistakes.push({
      at: 'on_demand.max_wait',
      code: 'WAIT_TOO_SHORT',
      message: `requests give up after ${wanted.max_wait}, while the model before stays for ${wanted.min_loaded}`,
      hint: 'make max_wait longer than min_loaded and a load together',
      severity: 'warning',
    })
  }
  return mistakes
}
