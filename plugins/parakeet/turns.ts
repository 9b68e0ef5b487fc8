import { type Static, Type } from '#core'

/** A stretch of time somebody speaks; seconds from the beginning of the audio. Turns may overlap. */
export const Turn = Type.Object({
  start: Type.Number({ minimum: 0 }),
  end: Type.Number({ minimum: 0 }),
  speaker: Type.String({ minLength: 1, maxLength: 200 }),
})
export type Turn = Static<typeof Turn>
