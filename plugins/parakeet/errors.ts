import { ControlError, errorsOf } from '#core'
import { sayBytes, sizeBytes } from './sizes.ts'

/** The codes of this kind, with the status a caller gets. README.md has a line for each. */
const STATUS = {
  AUDIO_UNREADABLE: 400,
  AUDIO_EMPTY: 400,
  AUDIO_TOO_LONG: 413,
  AUDIO_TYPE: 415,
  FORM_BROKEN: 400,
  SPEECH_REFUSED: 400,
  SPEECH_FAILED: 502,
  DECODE_CRASHED: 502,
  SPEAKERS_UNAVAILABLE: 422,
  TURNS_UNREADABLE: 400,
  SESSION_UNKNOWN: 404,
  SESSIONS_FULL: 429,
  CHUNK_OUT_OF_ORDER: 409,
} as const

/** An error of this kind. Transcripts and audio are never part of its message. */
export const speechError = errorsOf(STATUS)

/** VALIDATION of one field of a form, or one place of a body. */
export const badField = (field: string, message: string): ControlError =>
  new ControlError('VALIDATION', `${field} ${message}.`, { details: [{ path: field, message }] })

/** PAYLOAD_TOO_LARGE with the server's limit, as it stands in the topology. */
export function fileTooLarge(limit: string): ControlError {
  const most = sayBytes(sizeBytes(limit))
  return new ControlError('PAYLOAD_TOO_LARGE', `The file is larger than ${most}.`, {
    hint:
      'Its server takes no more (max_upload). Larger files are cut at silences if ffmpeg is ' +
      'installed beside Spark Control and the request has a Content-Length.',
    details: [{ path: 'file', message: `is larger than ${most}` }],
  })
}
