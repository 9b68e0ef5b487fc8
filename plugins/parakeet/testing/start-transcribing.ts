import { createUpstream } from '../../../core/upstream/pool-upstream.ts'
import { type createCleanup, read, startAnswering } from '../../../core/upstream/testing/rig.ts'
import { createPace } from '../../../sandbox/pace.ts'
import { startDiarizer } from '../../../sandbox/speech/diarizer.ts'
import { NO_FAULTS, type SpeechFault } from '../../../sandbox/speech/faults.ts'
import type { Upload } from '../../../sandbox/speech/read-upload.ts'
import { type SttOptions, startSttServer } from '../../../sandbox/speech/stt-server.ts'
import { talkFor, textOf } from '../../../sandbox/speech/talk.ts'
import { transcribe } from '../transcribe/transcribe.ts'
import { formOf, wavOf } from './audio.ts'
import { fakeService } from './fake-service.ts'

/** Twenty seconds of sound, and what the simulated server hears in them. */
export const TALK = wavOf([[20, 0.3]])
export const WORDS = talkFor(20)
export const TEXT = textOf(WORDS)

export const VERBOSE = { response_format: 'verbose_json', 'timestamp_granularities[]': 'word' }

export interface TranscribingOptions extends Partial<SttOptions> {
  settings?: object
  ffmpeg?: string
  hasDiarizer?: boolean
}

/** A service before a simulated server of one dialect. */
export async function startTranscribing(
  open: ReturnType<typeof createCleanup>,
  { settings = {}, ffmpeg, hasDiarizer = false, ...options }: TranscribingOptions = {},
) {
  const state = { fault: undefined as SpeechFault | undefined, heard: [] as Upload[] }
  const server = open.add(
    await startSttServer({
      port: 0,
      pace: createPace(2000, new AbortController().signal),
      log: () => undefined,
      heard: (upload) => state.heard.push(upload),
      faults: {
        ...NO_FAULTS,
        current: () => state.fault,
        used: () => {
          state.fault = undefined
        },
      },
      ...options,
    }),
  )
  const upstreamTo = ({ port }: { port: number }) =>
    open.add(createUpstream({ origin: `http://127.0.0.1:${port}`, requestTimeoutMs: null }))
  const upstream = upstreamTo(server)
  const pace = createPace(2000, new AbortController().signal)
  const surroundings = { port: 0, pace, log: () => undefined, faults: NO_FAULTS }
  const diarizer = hasDiarizer ? open.add(await startDiarizer(surroundings)) : undefined
  const second = diarizer && upstreamTo(diarizer)
  const told = diarizer && { diarize: '/v1/audio/diarization', diarizer: { port: diarizer.port } }
  const service = fakeService({ ...told, ...settings }, (endpoint) =>
    endpoint === 'diarizer' ? second : upstream,
  )
  const { answer } = transcribe({ service, ffmpeg })
  const { port } = open.add(await startAnswering(upstream, { maxBytes: 2 ** 31, answer }))
  const url = `http://127.0.0.1:${port}/v1/audio/transcriptions`
  const send = async (body: Buffer, type: string) => {
    const init = { method: 'POST', headers: { 'content-type': type }, body: new Uint8Array(body) }
    const answer = await read(url, init)
    const text = answer.body.toString()
    const isJson = answer.headers.get('content-type')?.startsWith('application/json')
    return { ...answer, text, json: isJson ? JSON.parse(text) : undefined }
  }
  const ask = (fields: Record<string, string> = {}, file = TALK) => {
    const { body, type } = formOf([['file', file], ...Object.entries(fields)])
    return send(body, type)
  }
  return { ask, send, server, state, port, service, upstream, diarizer }
}
