import { type Api, type Static, Type } from '#core'
import { Turn } from '../turns.ts'

/** Audio comes as a stream and is never held; larger uploads are refused unread. */
const UPLOAD_BYTES = 2 * 1024 ** 3

const Which = {
  service: Type.Optional(Type.String({ description: 'the service meant, if there are several' })),
}

/** What `POST /api/audio/diarize` answers as JSON. */
export const Diarization = Type.Object({
  duration: Type.Union([Type.Number(), Type.Null()], { description: 'seconds, where known' }),
  turns: Type.Array(Turn, { description: 'in order of time' }),
  speakers: Type.Array(Type.String(), { description: 'in the order they begin to speak' }),
  warnings: Type.Array(Type.String()),
})
export type Diarization = Static<typeof Diarization>

const Seconds = (description: string) =>
  Type.Optional(Type.Number({ minimum: 0, maximum: 1e6, description }))

/** Where a chunk belongs; as query, as fields of the form, or in the JSON. */
export const ChunkPlace = Type.Object({
  session: Type.Optional(
    Type.String({
      pattern: '^[A-Za-z0-9-]{1,64}$',
      description: 'of the first answer; without it a recording begins',
    }),
  ),
  start_s: Seconds('where in the recording the chunk begins'),
  end_s: Seconds('where it ends; default: the length of its audio, else its last turn'),
  max_speakers: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 100, description: 'of the whole recording, if known' }),
  ),
})
export type ChunkPlace = Static<typeof ChunkPlace>

/** What `POST /api/audio/diarize-chunk` answers. */
export const StitchedChunk = Type.Object({
  session: Type.String({ description: 'to be sent with the next chunk' }),
  expires_at: Type.String({ format: 'date-time', description: 'unless another chunk comes' }),
  start_s: Type.Number(),
  until_s: Type.Number({ description: 'until where turns were given out' }),
  turns: Type.Array(Turn, { description: 'new ones only, in seconds of the recording' }),
  speakers: Type.Array(Type.String(), { description: 'of the recording so far' }),
  links: Type.Array(
    Type.Object({
      label: Type.String({ description: 'of the chunk' }),
      speaker: Type.String({ description: 'of the recording' }),
      overlap_s: Type.Number({ description: 'seconds both were heard in' }),
      by: Type.Union(
        (['overlap', 'elimination', 'guess', 'new'] as const).map((by) => Type.Literal(by)),
      ),
    }),
  ),
  unlinked: Type.Array(Type.String(), {
    description: 'speakers of this chunk whom no overlap speaks for',
  }),
  warnings: Type.Array(Type.String()),
})
export type StitchedChunk = Static<typeof StitchedChunk>

/** Paths of the kind as a whole. */
export const diarizeDoor = {
  'POST /api/audio/diarize': {
    summary: 'Who speaks when in an audio file, as JSON or RTTM',
    effect: 'use',
    raw: true,
    max_bytes: UPLOAD_BYTES,
    query: Type.Object({
      ...Which,
      format: Type.Optional(Type.Union([Type.Literal('json'), Type.Literal('rttm')])),
    }),
  },
  'POST /api/audio/diarize-chunk': {
    summary:
      'Who speaks when in long or live audio, chunk by chunk, with the same labels throughout',
    effect: 'use',
    raw: true,
    max_bytes: UPLOAD_BYTES,
    query: Type.Object({ ...Which, ...ChunkPlace.properties }),
  },
} as const satisfies Api
