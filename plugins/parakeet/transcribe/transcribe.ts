import { asControlError, ControlError, type DoorCall, type OwnAnswer, type RawAnswer } from '#core'
import { openAudio } from '../audio/open-audio.ts'
import { planPieces } from '../pieces/plan-pieces.ts'
import { sendPieces } from '../pieces/send-pieces.ts'
import { statsOf } from '../stats.ts'
import { readForm } from '../upload/read-form.ts'
import { swept } from '../upload/sweep.ts'
import type { Ears } from './heard.ts'
import { sendWhole } from './send-whole.ts'
import { writeAnswer } from './write-answer.ts'

/** POST /v1/audio/transcriptions, whatever its server speaks. */
export const transcribe = (ears: Ears): OwnAnswer => ({
  answer: async (call) => {
    const over = new AbortController()
    try {
      return endWith(await answer(ears, call, AbortSignal.any([call.signal, over.signal])), () =>
        over.abort(),
      )
    } catch (thrown) {
      over.abort()
      // who left has no error to be told of
      if (!call.signal.aborted) statsOf(ears.service).failed(asControlError(thrown))
      throw thrown
    }
  },
})

async function answer(ears: Ears, call: DoorCall, signal: AbortSignal): Promise<RawAnswer> {
  const type = call.headers['content-type']
  const form = await readForm(call.body, typeof type === 'string' ? type : undefined)
  const audio = await openAudio(swept(form.file.content))
  const { sizeBytes } = call
  const hasFfmpeg = ears.ffmpeg !== undefined
  const plan = planPieces(ears.service.settings, { audio, sizeBytes, hasFfmpeg })
  if (plan instanceof ControlError) throw plan
  const send = plan === 'pieces' ? sendPieces : sendWhole
  return writeAnswer(await send(ears, { form, audio, sizeBytes, signal }))
}

/** Lets go of what helped (a decoder, the server's stream) once the answer has ended, in whatever way. */
function endWith(given: RawAnswer, end: () => void): RawAnswer {
  return { ...given, body: ended(given.body, end) }
}

async function* ended(body: RawAnswer['body'], end: () => void): AsyncIterable<Uint8Array> {
  try {
    yield* body
  } finally {
    end()
  }
}
