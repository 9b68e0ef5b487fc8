import { type Static, Type } from '#core'

/** A spoken word; times in seconds from the beginning of the audio. */
export const Word = Type.Object({
  word: Type.String({ maxLength: 1_000, description: 'the word as it is written' }),
  start: Type.Number({ minimum: 0, description: 'seconds from the beginning of the audio' }),
  end: Type.Number({ minimum: 0, description: 'seconds from the beginning of the audio' }),
  confidence: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
  timing: Type.Optional(
    Type.Literal('interpolated', {
      description: 'the server gave no time for this word: it is spread over its segment',
    }),
  ),
})
export type Word = Static<typeof Word>
