import { readUpload, secondsOf } from './read-upload.ts'
import {
  type Decode,
  type SpeechServer,
  type Surroundings,
  sendJson,
  startSpeechServer,
  type Visit,
} from './speech-server.ts'
import { talkFor, turnsOf } from './talk.ts'

/**
 * A server of `POST /v1/audio/diarization`: turns of the talk the simulated transcription hears, as JSON
 * or RTTM, or as the lines of NVIDIA's Sortformer.
 */
export const startDiarizer = (options: Surroundings): Promise<SpeechServer> =>
  startSpeechServer(options, { health: '/health', answer })

async function answer(visit: Visit, decode: Decode): Promise<void> {
  const { path, req, res } = visit
  if (path !== '/v1/audio/diarization') return sendJson(res, 404, { detail: 'Not Found' })
  const upload = await readUpload(req).catch(() => undefined)
  if (!upload?.file)
    return sendJson(res, 422, { detail: [{ loc: ['body', 'file'], msg: 'Field required' }] })
  const seconds = secondsOf(upload.file)
  if (seconds === null) return sendJson(res, 415, { detail: 'Unsupported or corrupt audio file' })
  if (!(await decode(seconds, visit))) return
  const turns = turnsOf(talkFor(seconds))
  const [format = 'json'] = upload.fields.get('response_format') ?? []
  if (format === 'rttm') {
    const lines = turns.map(
      ({ start, end, speaker }) =>
        `SPEAKER audio 1 ${start.toFixed(3)} ${(end - start).toFixed(3)} <NA> <NA> SPEAKER_0${speaker} <NA> <NA>\n`,
    )
    res.writeHead(200, { 'content-type': 'text/plain' }).end(lines.join(''))
    return
  }
  const segments = turns.map(({ start, end, speaker }) => ({
    ...{ start, end, speaker: `SPEAKER_0${speaker}` },
  }))
  const lines = turns.map(
    ({ start, end, speaker }) => `${start.toFixed(3)} ${end.toFixed(3)} speaker_${speaker}`,
  )
  sendJson(res, 200, format === 'lines' ? [lines] : { duration: seconds, segments })
}
