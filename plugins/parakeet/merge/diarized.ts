import { type Static, Type } from '#core'
import { Word } from '../words.ts'

/** A word and who says it. */
export const SpokenWord = Type.Intersect([
  Word,
  Type.Object({
    speaker: Type.String(),
    overlap: Type.Optional(
      Type.Literal(true, { description: 'somebody else speaks at the same time' }),
    ),
  }),
])
export type SpokenWord = Static<typeof SpokenWord>

/** OpenAI's TranscriptionDiarizedSegment, with the words and whether others speak meanwhile. */
export const DiarizedSegment = Type.Object({
  type: Type.Literal('transcript.text.segment'),
  id: Type.String(),
  start: Type.Number(),
  end: Type.Number(),
  text: Type.String(),
  speaker: Type.String(),
  overlap: Type.Boolean({ description: 'somebody else speaks during some of its words' }),
  words: Type.Array(SpokenWord),
})
export type DiarizedSegment = Static<typeof DiarizedSegment>

export const SpeakerSummary = Type.Object({
  id: Type.String({ description: 'as in segments' }),
  label: Type.String({ description: 'as in the turns' }),
  words: Type.Integer(),
  seconds: Type.Number({ description: 'time of her words' }),
})
export type SpeakerSummary = Static<typeof SpeakerSummary>

/** OpenAI's CreateTranscriptionResponseDiarizedJson, with `speakers` and `warnings` besides. */
export const DiarizedTranscript = Type.Object({
  task: Type.Literal('transcribe'),
  duration: Type.Number({ description: 'seconds' }),
  text: Type.String(),
  segments: Type.Array(DiarizedSegment),
  speakers: Type.Array(SpeakerSummary, { description: 'in the order they begin to speak' }),
  warnings: Type.Array(Type.String(), { description: 'what should be known of this answer' }),
})
export type DiarizedTranscript = Static<typeof DiarizedTranscript>

/** Speaker of words that no turn speaks for. */
export const UNKNOWN_SPEAKER = 'unknown'
