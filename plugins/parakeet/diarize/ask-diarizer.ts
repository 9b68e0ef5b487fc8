import { asControlError, type Service, type Upstream } from '#core'
import { speechError } from '../errors.ts'
import type { Settings } from '../settings.ts'
import { askServer, readAnswer } from '../transcribe/ask-server.ts'
import type { Turn } from '../turns.ts'
import type { Fields } from '../upload/read-form.ts'
import { type FormFile, writeForm } from '../upload/write-form.ts'
import { readTurns } from './read-turns.ts'

/** The server that tells speakers apart: one of its own, or the one that transcribes. */
export const diarizerOf = (service: Service<Settings>): Upstream =>
  service.http(service.settings.diarizer ? 'diarizer' : undefined)

export interface AskedTurns {
  file: FormFile
  /** Whether the beginning of the file is that of a kind of audio. */
  isKnownAudio: boolean
  signal: AbortSignal
}

/**
 * Sends audio to the diarizer and reads its turns, in whatever form they come. Rejects with
 * SPEAKERS_UNAVAILABLE where there is none, SPEECH_FAILED where its turns cannot be read, else as
 * `askServer` does.
 */
export async function askDiarizer(
  service: Service<Settings>,
  { file, isKnownAudio, signal }: AskedTurns,
): Promise<Turn[]> {
  const { id, settings } = service
  const { diarize, path } = settings
  if (diarize === undefined) {
    throw speechError('SPEAKERS_UNAVAILABLE', `${id} cannot tell speakers apart.`, {
      hint: `Set services.${id}.diarize in topology.yaml, and diarizer if that is another server.`,
    })
  }
  const isOwn = diarize === 'answer'
  const at = { endpoint: settings.diarizer && 'diarizer', path: isOwn ? path : diarize }
  const form = writeForm(file, async () => (isOwn ? TRANSCRIBING : DIARIZING))
  const reply = await askServer(service, form, { isKnownAudio, signal, at })
  const answer = await readAnswer(service, reply, { signal, endpoint: at.endpoint })
  try {
    return readTurns(answer)
  } catch (thrown) {
    const { message } = asControlError(thrown)
    throw speechError('SPEECH_FAILED', `The diarizer of ${id} answered: ${message}`, {
      cause: thrown,
    })
  }
}

const DIARIZING: Fields = [['response_format', 'json']]

/** What servers are asked whose transcripts name the speakers. */
const TRANSCRIBING: Fields = [
  ['response_format', 'verbose_json'],
  ['diarize', 'true'],
  ['timestamps', 'true'],
]
