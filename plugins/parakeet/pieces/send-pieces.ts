import { durationMs } from '#core'
import { wavHead } from '../audio/wav-header.ts'
import { speechError } from '../errors.ts'
import { readTranscript } from '../normalise/read-transcript.ts'
import { sizeBytes as bytesOf } from '../sizes.ts'
import { statsOf } from '../stats.ts'
import { askServer, readAnswer } from '../transcribe/ask-server.ts'
import { checkPossible } from '../transcribe/check-possible.ts'
import type { Ears, Heard, Upload } from '../transcribe/heard.ts'
import { type Options, readOptions } from '../transcribe/options.ts'
import { serverFields } from '../transcribe/server-fields.ts'
import type { Fields } from '../upload/read-form.ts'
import { writeForm } from '../upload/write-form.ts'
import { cutPieces, type Pcm, type Piece, pcmOf } from './cut-pieces.ts'
import { joinPieces } from './join-pieces.ts'

/** What is held of one file at a time: four minutes of mono. */
const MOST_PIECE_BYTES = 8 * 1024 ** 2
/** Room for the head of the file and the form around it. */
const FRAME_BYTES = 16 * 1024

/** Cuts a file that is over its server's limits at silences and has one piece after the other heard. */
export async function sendPieces(ears: Ears, { form, audio, signal }: Upload): Promise<Heard> {
  const { service, ffmpeg } = ears
  const pcm = pcmOf(audio, { ffmpeg, signal })
  if (!pcm) throw speechError('AUDIO_TOO_LONG', `${service.id} has no way to cut this file.`)
  const early = readOptions(form.before)
  const heard = []
  for await (const piece of cutPieces(pcm, pieceBytes(ears, pcm)))
    heard.push({
      startS: piece.startS,
      transcript: await hearPiece(ears, early, { piece, pcm, signal }),
    })
  const options = readOptions(await form.all)
  checkPossible(service, options)
  return { options, transcript: joinPieces(heard), ...unused(form.before, options) }
}

interface Sending {
  piece: Piece
  pcm: Pcm
  signal: AbortSignal
}

async function hearPiece({ service }: Ears, early: Options, { piece, pcm, signal }: Sending) {
  const { settings, clock } = service
  const { samples } = piece
  const audioS = samples.byteLength / 2 / pcm.channels / pcm.sampleRate
  const content = each(wavHead(pcm, samples.byteLength), samples)
  const model = early.model ?? settings.server_model ?? settings.models[0]
  // which form is wanted may stand behind the file, so each piece is asked for all there is
  const asked: Options = { ...early, model, format: 'verbose_json', isStream: false }
  const outgoing = writeForm({ name: 'piece.wav', type: 'audio/wav', content }, async () =>
    serverFields(settings, asked),
  )
  const fromMs = clock.now()
  const reply = await askServer(service, outgoing, { isKnownAudio: true, signal })
  const answer = await readAnswer(service, reply, { signal })
  statsOf(service).done(audioS, (clock.now() - fromMs) / 1000)
  return readTranscript(answer, { audioS, words: settings.words })
}

function pieceBytes({ service }: Ears, { sampleRate, channels }: Pcm): number {
  const { max_upload, max_audio } = service.settings
  const perSecond = 2 * channels * sampleRate
  const audioBytes =
    max_audio === undefined ? MOST_PIECE_BYTES : (durationMs(max_audio) / 1000) * perSecond
  const bytes = Math.min(MOST_PIECE_BYTES, bytesOf(max_upload) - FRAME_BYTES, audioBytes)
  if (bytes >= perSecond) return bytes
  throw speechError('AUDIO_TOO_LONG', `${service.id} takes less than a second at a time.`, {
    hint: `Look at services.${service.id}.max_upload and max_audio in topology.yaml.`,
  })
}

/** Fields behind the file come too late for its first pieces. */
function unused(before: Fields, { passed }: Options): { warning?: string } {
  const known = new Set(before.map(([name]) => name))
  const late = [...new Set(passed.flatMap(([name]) => (known.has(name) ? [] : [name])))]
  if (late.length === 0) return {}
  const names = late.map((name) => name.replace(/[^\w[\]-]/g, '').slice(0, 40)).join(', ')
  return { warning: `not used, since behind the file: ${names}` }
}

async function* each(...parts: Buffer[]): AsyncIterable<Buffer> {
  yield* parts
}
