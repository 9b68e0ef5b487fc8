import { asControlError, ControlError, type DoorCall, type OwnAnswer, type RawAnswer } from '#core'
import { openAudio } from '../audio/open-audio.ts'
import { planPieces } from '../pieces/plan-pieces.ts'
import { sendPieces } from '../pieces/send-pieces.ts'
import { statsOf } from '../stats.ts'
import { readForm } from '../upload/read-form.ts'
import { swept } from '../upload/sweep.ts'
import { askTurns, mayWantTurns } from './ask-turns.ts'
import type { Ears, Heard, Upload } from './heard.ts'
import { labelSpeakers } from './label-speakers.ts'
import { sendWhole } from './send-whole.ts'
import { writeAnswer } from './write-answer.ts'

/** POST /v1/audio/transcriptions, whatever its server speaks. */
export const transcribe = (ears: Ears): OwnAnswer => ({
  answer: async (call) => {
    const over = new AbortController()
    const fail = (thrown: unknown): never => {
      over.abort()
      // who left has no error to be told of
      if (!call.signal.aborted) statsOf(ears.service).failed(asControlError(thrown))
      throw thrown
    }
    const signal = AbortSignal.any([call.signal, over.signal])
    const given = await answer(ears, call, signal).catch(fail)
    return { ...given, body: ended(given.body, { fail, end: () => over.abort() }) }
  },
})

async function answer(ears: Ears, call: DoorCall, signal: AbortSignal): Promise<RawAnswer> {
  const { service } = ears
  const type = call.headers['content-type']
  const form = await readForm(call.body, typeof type === 'string' ? type : undefined)
  const opened = await openAudio(swept(form.file.content))
  const { audio, turns } = mayWantTurns(service.settings, form)
    ? askTurns(service, { form, audio: opened, signal })
    : { audio: opened, turns: undefined }
  const heard = await hear(ears, { form, audio, sizeBytes: call.sizeBytes, signal })
  if ('events' in heard || heard.options.format !== 'diarized_json') return writeAnswer(heard)
  const spoken = turns ? await turns.get() : heard.transcript.turns
  return writeAnswer({ ...heard, diarized: labelSpeakers(service, heard.transcript, spoken) })
}

/** Has a file heard whole, or piece by piece where it is over the limits of its server. */
function hear(ears: Ears, upload: Upload): Promise<Heard> {
  const { audio, sizeBytes } = upload
  const hasFfmpeg = ears.ffmpeg !== undefined
  const plan = planPieces(ears.service.settings, { audio, sizeBytes, hasFfmpeg })
  if (plan instanceof ControlError) throw plan
  return plan === 'pieces' ? sendPieces(ears, upload) : sendWhole(ears, upload)
}

/** Lets go of what helped (a decoder, the server's stream) once the answer has ended, in whatever way. */
async function* ended(
  body: RawAnswer['body'],
  { fail, end }: { fail(thrown: unknown): never; end(): void },
): AsyncIterable<Uint8Array> {
  try {
    yield* body
  } catch (thrown) {
    fail(thrown)
  } finally {
    end()
  }
}
