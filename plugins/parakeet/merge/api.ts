import { type Api, type Static, Type } from '#core'
import { Word } from '../words.ts'
import { DroppedWord } from './channels/find-bleed.ts'
import { Levels } from './channels/levels.ts'
import { DiarizedTranscript } from './diarized.ts'
import { MergeOptions } from './options.ts'

/** Twelve minutes of a channel as WAV in base64, or the words of a day. */
const BODY_BYTES = 32 * 1024 ** 2

export const MOST_WORDS = 200_000

/** Described as a list of words, checked by `check-words.ts`: lists this long are slow in general ways. */
const Words = Type.Unsafe<Word[]>({
  ...Type.Unknown({ description: 'in any order' }),
  ...{ type: 'array', items: Word, maxItems: MOST_WORDS },
})

export const MergeBody = Type.Object({
  words: Type.Optional(Words),
  turns: Type.Optional(
    Type.Unknown({
      description:
        'who speaks when: a list of { start, end, speaker }, RTTM as text, or what a diarizer answered',
    }),
  ),
  channels: Type.Optional(
    Type.Array(
      Type.Object({
        name: Type.String({ minLength: 1, maxLength: 200, description: 'of the speaker' }),
        words: Words,
        audio: Type.Optional(
          Type.Union([Type.String({ description: 'a WAV file in base64' }), Levels], {
            description: 'the sound of the channel, or how loud it is over time',
          }),
        ),
      }),
      {
        minItems: 1,
        maxItems: 8,
        description: 'instead of words: channels with a speaker each',
      },
    ),
  ),
  options: Type.Optional(MergeOptions),
  duration: Type.Optional(Type.Number({ minimum: 0, description: 'seconds of audio' })),
})
export type MergeBody = Static<typeof MergeBody>

const MergeAnswer = Type.Intersect([
  DiarizedTranscript,
  Type.Object({
    dropped: Type.Optional(
      Type.Array(DroppedWord, { description: 'words that only leaked from another channel' }),
    ),
    same_audio: Type.Optional(
      Type.Boolean({ description: 'all channels hold one recording, so the first counts' }),
    ),
  }),
])

/** Paths of the kind as a whole. */
export const mergeDoor = {
  'POST /api/audio/label-merge': {
    summary: 'Gives words their speakers: by turns of a diarizer, or by the channel they are on',
    effect: 'use',
    body: MergeBody,
    max_bytes: BODY_BYTES,
    reply: { 200: MergeAnswer },
  },
} as const satisfies Api
