import { ControlError, checkInput, Nullable, type Static, Type } from '#core'
import { FORMATS, type Format } from '../audio/clock.ts'
import { checkVoice, type KnownVoices } from '../voices/check.ts'

const Choice = <const T extends readonly string[]>(words: T) =>
  Type.Union(words.map((word) => Type.Literal(word as T[number])))

/**
 * `POST /v1/audio/speech`: OpenAI's fields and those of Kokoro-FastAPI. Others go on as they came,
 * for servers that know more.
 */
export const SpeechBody = Type.Object(
  {
    model: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    input: Type.String({ minLength: 1 }),
    voice: Type.Optional(Type.String()),
    response_format: Type.Optional(Choice(FORMATS)),
    download_format: Type.Optional(Type.Union([...Choice(FORMATS).anyOf, Type.Null()])),
    speed: Type.Optional(Type.Number({ minimum: 0.25, maximum: 4 })),
    stream: Type.Optional(Type.Boolean()),
    return_download_link: Type.Optional(Type.Boolean()),
    return_timing: Type.Optional(Type.Boolean()),
    return_timestamps: Type.Optional(Type.Boolean()),
    lang_code: Type.Optional(Nullable(Type.String())),
    volume_multiplier: Type.Optional(Type.Number()),
    normalization_options: Type.Optional(Nullable(Type.Object({}))),
    allow_voice_tags: Type.Optional(Type.Boolean()),
    ssml: Type.Optional(Type.Boolean()),
    voice_aliases: Type.Optional(
      Type.Union([Type.Record(Type.String(), Type.Unknown()), Type.Null()]),
    ),
    stream_format: Type.Optional(Type.String()),
  },
  { additionalProperties: true },
)
export type SpeechBody = Static<typeof SpeechBody>

/** A body of this size holds a book. */
export const BODY_BYTES = 8 * 1024 * 1024

/** The body of a request for speech. Throws BAD_REQUEST | VALIDATION. */
export function readSpeech(bytes: Buffer): SpeechBody {
  const body = checkInput(SpeechBody, parse(bytes), 'body') as SpeechBody
  if (body.input.trim() === '') throw mistake('input', 'holds nothing to say')
  if (body.stream_format !== undefined && body.stream_format !== 'audio')
    throw mistake(
      'stream_format',
      `is ${JSON.stringify(body.stream_format)}; the audio comes as bytes, so leave it out`,
    )
  return body
}

/**
 * The body with every voice checked, as it goes to the server: in `voice`, in `voice_aliases` and in
 * tags of the text. Throws VOICE_UNKNOWN | VOICE_MIX_INVALID.
 */
export function checkVoices(body: SpeechBody, known: KnownVoices): SpeechBody {
  const aliases = Object.keys(body.voice_aliases ?? {})
  for (const [name, meant] of Object.entries(body.voice_aliases ?? {})) {
    const voice = typeof meant === 'string' ? meant : (meant as { voice?: unknown } | null)?.voice
    if (typeof voice !== 'string') throw mistake(`voice_aliases.${name}`, 'names no voice')
    checkVoice(voice, known, { path: `voice_aliases.${name}` })
  }
  if (body.allow_voice_tags)
    for (const [, voice = ''] of body.input.matchAll(/\[voice:([^\][]*)\]/gi))
      checkVoice(voice, known, { path: 'input', aliases })
  if (body.voice === undefined) return body
  return { ...body, voice: checkVoice(body.voice, known, { aliases }) }
}

/** The format the caller gets. */
export const formatOf = ({ response_format = 'mp3' }: SpeechBody): Format => response_format

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString())
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.slice(0, 120) : ''
    throw new ControlError('BAD_REQUEST', `The body is not JSON: ${why}.`, {
      hint: 'Send {"input":"the text","voice":"af_heart"} as application/json.',
      cause,
    })
  }
}

const mistake = (path: string, message: string): ControlError =>
  new ControlError('VALIDATION', `${path}: ${message}`, { details: [{ path, message }] })
