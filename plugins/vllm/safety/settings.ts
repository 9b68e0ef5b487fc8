import { type HostSpec, type KindMistake, type Static, Type } from '#core'
import type { OnDemand } from '../demand/settings.ts'

const FLOOR = '^(off|[1-9][0-9]{0,5}[mg])$'
const DEFAULT_FLOOR_BYTES = 2 * 1024 ** 3

/** `memory_floor`: an amount of memory, or off. */
export const MemoryFloor = Type.String({
  pattern: FLOOR,
  'x-expects': 'off, or an amount of memory such as 2g or 1500m',
  description:
    'with less memory left on a machine than this, the engine is stopped; default: 2g, off where ' +
    'the GPU has memory of its own',
})

/** `restore`: what is loaded again after the engine was lost. */
export const Restore = Type.Union(
  (['none', 'last', 'default'] as const).map((what) => Type.Literal(what)),
  { default: 'none', description: 'what to load again after a reboot or the death of the engine' },
)
export type Restore = Static<typeof Restore>

/**
 * The floor of a host in bytes; null where there is none. A machine whose GPU has memory of its own
 * has one only if it was asked for: there the engine takes little of what this measures.
 */
export function floorOf(setting: string | undefined, { memory }: HostSpec): number | null {
  if (setting === undefined) return memory === 'discrete' ? null : DEFAULT_FLOOR_BYTES
  const [, amount, unit] = /^(\d+)([mg])$/.exec(setting) ?? []
  if (amount === undefined) return null
  return Number(amount) * 1024 ** (unit === 'g' ? 3 : 2)
}

/** What does not go together. */
export function checkRestore(settings: { restore: Restore; on_demand?: OnDemand }): KindMistake[] {
  if (settings.restore !== 'default' || settings.on_demand?.default_model !== undefined) return []
  return [
    {
      at: 'restore',
      code: 'RESTORE_NEEDS_MODEL',
      message: 'nothing says which model is the default',
      hint: 'add default_model under on_demand (with enabled: false if nothing else of it is wanted), or say last',
    },
  ]
}
