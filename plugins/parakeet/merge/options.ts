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
    labels: Type.Union([Type.Literal('given'), Type.Literal('letters')], {
      default: 'given',
      description: 'names of speakers: as in the turns, or A, B, … in the order they speak',
    }),
  },
  { additionalProperties: false },
)
export type MergeOptions = Static<typeof MergeOptions>
