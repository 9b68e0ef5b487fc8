import type { Api } from '#core'

/** Audio comes as a stream and is never held; larger uploads are refused unread. */
const UPLOAD_BYTES = 2 * 1024 ** 3

/** Paths of the kind as a whole. */
export const transcribeDoor = {
  'POST /v1/audio/transcriptions': {
    summary: 'Text of speech, with times of words and speakers, by any OpenAI client',
    effect: 'use',
    forward: 'main',
    max_bytes: UPLOAD_BYTES,
  },
} as const satisfies Api
