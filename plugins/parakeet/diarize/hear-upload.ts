import type { Readable } from 'node:stream'
import type { Service } from '#core'
import { measureDecoded, measureWav } from '../audio/measure.ts'
import { openAudio } from '../audio/open-audio.ts'
import type { Settings } from '../settings.ts'
import { fileOf } from '../transcribe/send-whole.ts'
import type { Turn } from '../turns.ts'
import { type Fields, readForm } from '../upload/read-form.ts'
import { Split } from '../upload/split.ts'
import { askDiarizer } from './ask-diarizer.ts'

/** Who tells speakers apart. */
export interface Listener {
  service: Service<Settings>
  /** Where ffmpeg lies on the controller; undefined where it is not installed. */
  ffmpeg: string | undefined
}

export interface HeardUpload {
  fields: Fields
  turns: Turn[]
  /** Length of the audio; undefined where nobody here can decode it. */
  durationS: number | undefined
}

/** Sends the file of a form on to the diarizer while it comes. Rejects as form, audio and diarizer do. */
export async function hearUpload(
  { service, ffmpeg }: Listener,
  { body, contentType, signal }: { body: Readable; contentType?: string; signal: AbortSignal },
): Promise<HeardUpload> {
  const form = await readForm(body, contentType)
  const audio = await openAudio(form.file.content)
  const measured = audio.wav && measureWav(audio.content, audio.wav)
  const split = new Split(measured?.content ?? audio.content)
  const file = { ...fileOf(form.file.name, audio.type), content: split.reader() }
  const decoding = measured || !ffmpeg ? undefined : measureDecoded(ffmpeg, split.reader(), signal)
  const isKnownAudio = audio.type !== 'unknown'
  const turns = await askDiarizer(service, { file, isKnownAudio, signal })
  const durationS = measured ? measured.seconds() : await decoding
  return { fields: await form.all, turns, durationS }
}
