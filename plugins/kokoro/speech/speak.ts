import { type DoorCall, type OwnAnswer, Pieces, type RawAnswer, type Service } from '#core'
import type { Format } from '../audio/clock.ts'
import type { Settings } from '../settings.ts'
import type { Speaker } from '../speaker.ts'
import { askServer } from './ask.ts'
import { audioHeaders, captionHeaders } from './headers.ts'
import { piecesOf, speakOneFile } from './one-file.ts'
import { BODY_BYTES, checkVoices, formatOf, readSpeech, type SpeechBody } from './request.ts'
import { createTally, type Tally, tallied } from './tally.ts'

/** `POST /v1/audio/speech` of one service. */
export const speechAnswer = (service: Service<Settings>, speaker: Speaker): OwnAnswer => ({
  maxBytes: BODY_BYTES,
  async answer({ body, signal }) {
    const request = await readChecked(body, service, speaker, signal)
    const tally = tallyOf(request, formatOf(request), service, speaker, signal)
    return noting(tally, async () => {
      const pieces = piecesOf(request)
      if (!pieces) return passOn(service, request, tally, signal)
      const answer = await speakOneFile(service.http(), request, pieces, { tally, signal })
      // from here on it is our own file
      tally.done()
      return answer
    })
  },
})

/**
 * `POST /v1/audio/captioned_speech` of one service: audio with the time of every word, as one JSON
 * object or, streamed, as one a line.
 */
export const captionsAnswer = (service: Service<Settings>, speaker: Speaker): OwnAnswer => ({
  maxBytes: BODY_BYTES,
  async answer({ body, signal }) {
    const request = await readChecked(body, service, speaker, signal)
    const tally = tallyOf(request, 'captions', service, speaker, signal)
    return noting(tally, async () => {
      const server = service.http()
      const reply = await tally.waiting(askServer(server, '/dev/captioned_speech', request, signal))
      const headers = captionHeaders(request.stream !== false)
      return { status: 200, headers, body: tallied(reply.body, tally) }
    })
  },
})

async function readChecked(
  body: DoorCall['body'],
  service: Service<Settings>,
  speaker: Speaker,
  signal: AbortSignal,
): Promise<SpeechBody> {
  // how much it may be, the core has seen to
  const pieces = new Pieces()
  for await (const piece of body) pieces.add(piece as Buffer)
  const request = readSpeech(pieces.whole())
  return speaker.withVoices(signal, (ids) => checkVoices(request, { service: service.id, ids }))
}

/** The server's own answer, as it comes. */
async function passOn(
  service: Service<Settings>,
  request: SpeechBody,
  tally: Tally,
  signal: AbortSignal,
): Promise<RawAnswer> {
  const reply = await tally.waiting(askServer(service.http(), '/v1/audio/speech', request, signal))
  return {
    status: 200,
    headers: audioHeaders(reply.headers, { format: formatOf(request), service: service.id }),
    body: tallied(reply.body, tally),
  }
}

const tallyOf = (
  request: SpeechBody,
  format: Format | 'captions',
  { clock }: Service<Settings>,
  { meter, noteError }: Speaker,
  signal: AbortSignal,
): Tally =>
  createTally({
    ...{ clock, meter, format, signal },
    characters: request.input.length,
    onError: noteError,
  })

async function noting(tally: Tally, work: () => Promise<RawAnswer>): Promise<RawAnswer> {
  try {
    return await work()
  } catch (thrown) {
    tally.failed(thrown)
    throw thrown
  }
}
