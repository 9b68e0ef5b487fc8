import { ContainerName, Duration, Endpoint, type Static, Type } from '#core'
import { SIZE } from './sizes.ts'

/** A path below the server's own address. */
const Path = (description: string, path?: string) =>
  Type.String({
    pattern: '^(/[A-Za-z0-9_-]+){1,8}$',
    'x-expects': 'a path such as /v1/audio/diarization',
    description,
    ...(path !== undefined && { default: path }),
  })

const Name = Type.String({
  pattern: '^[^\\s\\x00-\\x1f\\x7f]{1,200}$',
  'x-expects': 'the name of a model',
})

/** The keys of a `kind: parakeet` service in topology.yaml: what its server can do. */
export const Settings = Type.Object({
  container: ContainerName({
    default: 'parakeet-asr',
    description: 'name of the container of the server',
  }),
  models: Type.Array(Name, {
    default: ['parakeet-tdt-0.6b-v3'],
    minItems: 1,
    maxItems: 16,
    uniqueItems: true,
    description: 'names under which /v1 lists it',
  }),
  aliases: Type.Array(Name, {
    default: ['whisper-1'],
    maxItems: 16,
    uniqueItems: true,
    description: 'further names it answers to',
  }),
  server_model: Type.Optional({
    ...Name,
    description: 'what its server is sent as model; default: what the caller wrote',
  }),
  path: Path('where its server transcribes', '/v1/audio/transcriptions'),
  words: Type.Union([Type.Boolean(), Type.Literal('subword')], {
    default: true,
    description: 'whether its server gives times of words, none, or of pieces of words',
  }),
  answers: Type.Union([Type.Literal('verbose_json'), Type.Literal('json')], {
    default: 'verbose_json',
    description: 'the richest response_format its server knows',
  }),
  stream: Type.Boolean({ default: false, description: 'whether its server answers stream=true' }),
  health: Path('where its server says that it can work', '/health'),
  max_upload: Type.String({
    pattern: SIZE,
    'x-expects': 'a size such as 25m or 2g',
    default: '1g',
    description: 'largest file its server takes',
  }),
  max_audio: Type.Optional(
    Duration({ description: 'longest audio its server takes; default: no limit' }),
  ),
  diarize: Type.Optional(
    Type.Union([Path(''), Type.Literal('answer')], {
      description:
        'where turns of speakers are asked for: a path of the diarizer, else of its own server; ' +
        'or answer, if its own answers name the speakers; default: speakers are not told apart',
    }),
  ),
  diarizer: Type.Optional(
    Endpoint({ isShared: true, description: 'a server of its own for turns of speakers' }),
  ),
  diarizer_speakers: Type.Integer({
    default: 4,
    minimum: 1,
    maximum: 100,
    description: 'how many speakers it tells apart in one file; Sortformer 4',
  }),
  diarizer_health: Path('where the diarizer says that it can work', '/health'),
})
export type Settings = Static<typeof Settings>
