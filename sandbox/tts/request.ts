import type { Format } from './encode.ts'
import { TYPES } from './encode.ts'
import { MODELS, readMix, type Share } from './voices.ts'

/** A request for speech as the server understood it. */
export interface SpeechRequest {
  text: string
  voice: Share[]
  format: Format
  downloadFormat: Format | null
  speed: number
  volume: number
  isStream: boolean
  hasLink: boolean
  hasTiming: boolean
  hasTimestamps: boolean
}

/** An answer other than 200, with the body it has. */
export interface Refusal {
  status: number
  body: object
}

interface Mistake {
  type: string
  loc: string[]
  msg: string
  input: unknown
}

/** An error of one of the server's own handlers. */
export const refusal = (
  status: number,
  error: string,
  message: string,
  type = status < 500 ? 'invalid_request_error' : 'server_error',
): Refusal => ({ status, body: { detail: { error, message, type } } })

/** Reads a body as the original's schema does: 422 with a list, then 400 of its handlers. */
export function readRequest(body: unknown, voices: readonly string[]): SpeechRequest | Refusal {
  const given = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>
  const mistakes: Mistake[] = []
  const note = (key: string, type: string, msg: string) =>
    mistakes.push({ type, loc: ['body', key], msg, input: given[key] ?? given })
  if (given.input === undefined) note('input', 'missing', 'Field required')
  else if (typeof given.input !== 'string')
    note('input', 'string_type', 'Input should be a valid string')
  for (const key of ['response_format', 'download_format'])
    if (given[key] != null && !(String(given[key]) in TYPES))
      note(key, 'literal_error', "Input should be 'mp3', 'opus', 'aac', 'flac', 'wav' or 'pcm'")
  const speed = given.speed ?? 1
  if (typeof speed !== 'number' || !(speed >= 0.25))
    note('speed', 'greater_than_equal', 'Input should be greater than or equal to 0.25')
  else if (speed > 4) note('speed', 'less_than_equal', 'Input should be less than or equal to 4')
  if (given.stream !== undefined && typeof given.stream !== 'boolean')
    note('stream', 'bool_parsing', 'Input should be a valid boolean')
  if (mistakes.length > 0) return { status: 422, body: { detail: mistakes } }
  const model = given.model ?? 'kokoro'
  if (!(MODELS as readonly unknown[]).includes(model))
    return refusal(400, 'invalid_model', `Unsupported model: ${String(model)}`)
  try {
    return understood(given, readMix(String(given.voice ?? 'af_heart'), voices))
  } catch (thrown) {
    return refusal(400, 'validation_error', (thrown as Error).message)
  }
}

export const isRefusal = (read: SpeechRequest | Refusal): read is Refusal => 'status' in read

const understood = (given: Record<string, unknown>, voice: Share[]): SpeechRequest => ({
  text: String(given.input),
  voice,
  format: (given.response_format as Format) ?? 'mp3',
  downloadFormat: (given.download_format as Format) ?? null,
  speed: Number(given.speed ?? 1),
  volume: Number(given.volume_multiplier ?? 1),
  isStream: given.stream !== false,
  hasLink: given.return_download_link === true,
  hasTiming: given.return_timing === true,
  hasTimestamps: given.return_timestamps !== false,
})
