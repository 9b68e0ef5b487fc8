import { type Static, Type } from '#core'

/** How loud a channel is over time: one value for each step, in dB below full scale. */
export const Levels = Type.Object(
  {
    step_s: Type.Number({ minimum: 0.001, maximum: 1, description: 'seconds between two values' }),
    dbfs: Type.Array(Type.Number({ minimum: -200, maximum: 20 }), {
      maxItems: 2_000_000,
      description: 'mean level of each step, 0 at full scale',
    }),
  },
  { additionalProperties: false },
)
export type Levels = Static<typeof Levels>

/** What silence is taken for. */
export const SILENCE_DB = -120

/** Mean level between two moments (seconds) in dB; silence beyond the end. */
export function levelBetween({ step_s, dbfs }: Levels, start: number, end: number): number {
  const from = Math.max(0, Math.floor(start / step_s))
  const to = Math.max(from + 1, Math.ceil(end / step_s))
  let power = 0
  for (let index = from; index < Math.min(to, dbfs.length); index++) {
    power += 10 ** ((dbfs[index] as number) / 10)
  }
  return Math.max(SILENCE_DB, 10 * Math.log10(power / (to - from)))
}
