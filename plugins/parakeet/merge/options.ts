import { type Static, Type } from '#core'

/** How words are given to speakers and gathered in segments. */
export const MergeOptions = Type.Object(
  {
    rule: Type.Union([Type.Literal('aligned'), Type.Literal('overlap')], {
      default: 'aligned',
      description:
        'aligned: changes of speaker move to pauses and ends of sentences, as far as the turns are uncertain; overlap: each word by itself, to whom shares most of its time, else to the nearest edge',
    }),
    realign_sentences: Type.Boolean({
      default: false,
      description: 'gives a whole sentence to the speaker of most of its words',
    }),
    max_gap_s: Type.Number({
      default: 2,
      minimum: 0,
      maximum: 3600,
      description: 'a longer silence of the same speaker begins another segment',
    }),
    nearest_within_s: Type.Optional(
      Type.Number({
        minimum: 0,
        description: 'words farther from every turn are of speaker "unknown"; default: no limit',
      }),
    ),
    bleed_db: Type.Number({
      default: 10,
      minimum: 0,
      maximum: 200,
      description:
        'channels: a word this much quieter than another channel, one of whose words it echoes, is bleed and dropped',
    }),
    echo_window_s: Type.Number({
      default: 0.5,
      minimum: 0,
      maximum: 10,
      description: 'channels: the word it echoes begins within this time',
    }),
    labels: Type.Union([Type.Literal('given'), Type.Literal('letters')], {
      default: 'given',
      description: 'names of speakers: as in the turns, or A, B, … in the order they speak',
    }),
  },
  { additionalProperties: false },
)
export type MergeOptions = Static<typeof MergeOptions>
