import { type Api, Nullable, Type } from '#core'
import { FILE_PATTERN } from './speech/links.ts'
import { BODY_BYTES } from './speech/request.ts'
import { Voice } from './voices/voice.ts'

/** What went through to a service since the controller started. */
const ActivityView = Type.Object({
  requests: Type.Integer(),
  characters: Type.Integer(),
  /** Speech whose length is known. */
  audio_seconds: Type.Number(),
  /** Seconds needed for a second of speech, over the last answers. */
  realtime_factor: Nullable(Type.Number()),
  /** Of the last answer. */
  first_byte_seconds: Nullable(Type.Number()),
  last_error: Nullable(
    Type.Object({ at: Type.String(), code: Type.String(), message: Type.String() }),
  ),
})

/** Routes of one service. */
export const api = {
  'GET /activity': {
    summary: 'What was spoken since the controller started, how fast, and the last error',
    effect: 'read',
    reply: { 200: ActivityView },
  },
} as const satisfies Api

/** Paths of the kind as a whole. */
export const door = {
  'POST /v1/audio/speech': {
    summary: 'Speak a text: bytes of audio as they are made',
    effect: 'use',
    forward: 'main',
    max_bytes: BODY_BYTES,
  },
  'POST /v1/audio/captioned_speech': {
    summary: 'Speak a text, with the time of every word',
    effect: 'use',
    forward: 'main',
    max_bytes: BODY_BYTES,
  },
  'GET /v1/audio/voices': {
    summary: 'The voices there are; ?service= for those of one service',
    effect: 'read',
    query: Type.Object({ service: Type.Optional(Type.String({ maxLength: 100 })) }),
    reply: { 200: Type.Object({ voices: Type.Array(Voice) }) },
  },
  'GET /v1/download/:service/:file': {
    summary: 'A file that X-Download-Path or X-Timing-Path named',
    effect: 'read',
    raw: true,
    params: Type.Object({
      service: Type.String({ maxLength: 100 }),
      file: Type.String({ pattern: FILE_PATTERN }),
    }),
  },
} as const satisfies Api
