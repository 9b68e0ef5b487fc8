import { type ControlError, durationMs } from '#core'
import { promisedSeconds } from '../audio/measure.ts'
import type { OpenAudio } from '../audio/open-audio.ts'
import { fileTooLarge, speechError } from '../errors.ts'
import type { Settings } from '../settings.ts'
import { sizeBytes as bytesOf } from '../sizes.ts'

/** What is known of a file before it is read. */
export interface Ahead {
  audio: Pick<OpenAudio, 'type' | 'wav'>
  /** Size of the request as declared; undefined when it comes in chunks. */
  sizeBytes: number | undefined
  hasFfmpeg: boolean
}

/** Speech is seldom sent with less: Opus at six kilobits. */
const LEAST_BYTES_PER_SECOND = 750
/** What a form adds to its file. */
const FORM_BYTES = 8 * 1024

/**
 * Whether a file goes to its server as it is or in pieces, since it is, or may be, over the server's
 * limits; the error if it is over and cannot be cut.
 */
export function planPieces(
  { max_upload, max_audio }: Pick<Settings, 'max_upload' | 'max_audio'>,
  { audio, sizeBytes, hasFfmpeg }: Ahead,
): 'whole' | 'pieces' | ControlError {
  const canCut = hasFfmpeg || isCuttable(audio)
  if (sizeBytes !== undefined && sizeBytes - FORM_BYTES > bytesOf(max_upload))
    return canCut ? 'pieces' : fileTooLarge(max_upload)
  if (max_audio === undefined) return 'whole'
  const limitS = durationMs(max_audio) / 1000
  const lengthS = promisedSeconds(audio) ?? byteSeconds(audio, sizeBytes)
  if (lengthS !== undefined && lengthS > limitS) return canCut ? 'pieces' : tooLong(max_audio)
  const mayBeLonger =
    lengthS === undefined &&
    (sizeBytes === undefined || sizeBytes > limitS * LEAST_BYTES_PER_SECOND)
  return mayBeLonger && canCut ? 'pieces' : 'whole'
}

/** Whether a file can be cut without decoding it. */
export const isCuttable = ({ wav }: Pick<OpenAudio, 'wav'>): boolean =>
  wav?.format === 1 && wav.bitsPerSample === 16

/** A WAV file that was written as a stream has its length in its size alone. */
const byteSeconds = (
  { wav }: Pick<OpenAudio, 'wav'>,
  sizeBytes: number | undefined,
): number | undefined =>
  wav && sizeBytes !== undefined ? (sizeBytes - wav.dataAt) / wav.bytesPerSecond : undefined

const tooLong = (limit: string): ControlError =>
  speechError('AUDIO_TOO_LONG', `The audio is longer than ${limit}, which its server takes.`, {
    hint: 'Install ffmpeg beside Spark Control, and it is cut at silences; or send shorter audio.',
    details: [{ path: 'file', message: `is longer than ${limit}` }],
  })
