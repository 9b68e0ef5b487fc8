import { measureDecoded, measureWav } from '../audio/measure.ts'
import { fileTooLarge, speechError } from '../errors.ts'
import { readTranscript } from '../normalise/read-transcript.ts'
import { sizeBytes as bytesOf } from '../sizes.ts'
import { statsOf } from '../stats.ts'
import { Split } from '../upload/split.ts'
import { writeForm } from '../upload/write-form.ts'
import { askServer, readAnswer } from './ask-server.ts'
import { checkPossible } from './check-possible.ts'
import type { Ears, Heard, Upload } from './heard.ts'
import { type Options, readOptions } from './options.ts'
import { handOnEvents } from './server-events.ts'
import { isHandedOn, serverFields } from './server-fields.ts'

/** Sends a file on while it comes, whole and as it is. Its fields may stand behind it. */
export async function sendWhole(ears: Ears, { form, audio, signal }: Upload): Promise<Heard> {
  const { service, ffmpeg } = ears
  const { settings, clock } = service
  const measured = audio.wav && measureWav(audio.content, audio.wav)
  const split = new Split(limited(measured?.content ?? audio.content, settings.max_upload))
  const content = split.reader()
  const decoding = measured || !ffmpeg ? undefined : measureDecoded(ffmpeg, split.reader(), signal)
  let asked: { options: Options; atMs: number } | undefined
  const outgoing = writeForm({ ...fileOf(form.file.name, audio.type), content }, async () => {
    const options = readOptions(await form.all)
    checkPossible(service, options)
    asked = { options, atMs: clock.now() }
    return serverFields(settings, options)
  })
  const isKnownAudio = audio.type !== 'unknown'
  const reply = await askServer(service, outgoing, { isKnownAudio, signal })
  if (!asked)
    throw speechError('SPEECH_FAILED', `The server of ${service.id} answered before it had it all.`)
  const { options, atMs } = asked
  const count = async () => {
    const audioS = measured ? measured.seconds() : await decoding
    statsOf(service).done(audioS, (clock.now() - atMs) / 1000)
    return audioS
  }
  if (isHandedOn(settings, options))
    return { options, events: counted(handOnEvents(reply.body), count) }
  const answer = await readAnswer(service, reply, { signal })
  const audioS = await count()
  const known = { words: settings.words, ...(audioS !== undefined && { audioS }) }
  return { options, transcript: readTranscript(answer, known) }
}

/** Counts a transcription once all of its events have passed. */
async function* counted(
  events: AsyncIterable<Buffer>,
  count: () => Promise<unknown>,
): AsyncIterable<Buffer> {
  yield* events
  await count()
}

/** Name and type a server is told; the type is what the file is, whatever the caller said. */
export const fileOf = (name: string, type: string) => ({
  name: name === '' ? `audio.${type === 'unknown' ? 'bin' : type}` : name.slice(-200),
  type: type === 'unknown' ? 'application/octet-stream' : (TYPES[type] ?? `audio/${type}`),
})

const TYPES: Record<string, string> = { mp3: 'audio/mpeg', asf: 'audio/x-ms-wma' }

/** The server's limit for files of which nobody said beforehand how large they are. */
async function* limited(content: AsyncIterable<Buffer>, limit: string): AsyncIterable<Buffer> {
  let passedBytes = 0
  for await (const part of content) {
    passedBytes += part.byteLength
    if (passedBytes > bytesOf(limit)) throw fileTooLarge(limit)
    yield part
  }
}
