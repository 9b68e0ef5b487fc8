import { type Static, type TSchema, Type } from '@sinclair/typebox'
import { Nullable } from '../wire-types.ts'
import type { HostFigures } from './figures.ts'

const Column = <T extends TSchema>(of: T) => Type.Array(Nullable(of))

/** Figures of the last hour, oldest first, a value in each column for each time; null: not known. */
export const PastHour = Type.Object({
  /** Seconds since 1970. */
  at: Type.Array(Type.Number()),
  memory_used_bytes: Column(Type.Number()),
  /** Of all GPUs together: the mean. */
  gpu_percent: Column(Type.Number()),
  /** Of the hottest GPU. */
  temperature_c: Column(Type.Number()),
  /** Of all GPUs together. */
  power_w: Column(Type.Number()),
})
export type PastHour = Static<typeof PastHour>

type Sample = { [K in keyof PastHour]: PastHour[K][number] } & { at: number }

const HOUR_MS = 3_600_000
/** More than are taken in an hour; a bound all the same. */
const MOST = 1_500

/** Keeps the figures of one host for an hour, in memory: a controller that starts knows none. */
export function createPastHour() {
  const samples: Sample[] = []
  return {
    /** `figures` are null for a look that failed: the gap shows. */
    add(atMs: number, figures: HostFigures | null): void {
      samples.push(sampleOf(atMs, figures))
      const gone = samples.findIndex(({ at }) => at * 1000 > atMs - HOUR_MS)
      samples.splice(0, Math.max(gone, samples.length - MOST))
    },
    view: (): PastHour => ({
      at: samples.map(({ at }) => at),
      memory_used_bytes: samples.map((each) => each.memory_used_bytes),
      gpu_percent: samples.map((each) => each.gpu_percent),
      temperature_c: samples.map((each) => each.temperature_c),
      power_w: samples.map((each) => each.power_w),
    }),
  }
}

function sampleOf(atMs: number, figures: HostFigures | null): Sample {
  const memory = figures?.memory
  const known = (pick: (gpu: HostFigures['gpus'][number]) => number | null): number[] =>
    figures?.gpus.map(pick).filter((value) => value !== null) ?? []
  const sum = (values: number[]) => values.reduce((all, value) => all + value, 0)
  const orNull = (values: number[], of: (values: number[]) => number) =>
    values.length > 0 ? of(values) : null
  return {
    at: Math.round(atMs / 1000),
    memory_used_bytes: memory ? memory.total_bytes - memory.available_bytes : null,
    gpu_percent: orNull(
      known((gpu) => gpu.utilization_percent),
      (all) => sum(all) / all.length,
    ),
    temperature_c: orNull(
      known((gpu) => gpu.temperature_c),
      (all) => Math.max(...all),
    ),
    power_w: orNull(
      known((gpu) => gpu.power_w),
      sum,
    ),
  }
}
