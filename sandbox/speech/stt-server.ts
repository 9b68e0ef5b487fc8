import type { ServerResponse } from 'node:http'
import { DIALECTS, type Dialect, type DialectName } from './dialects.ts'
import { readUpload, secondsOf, type Upload } from './read-upload.ts'
import {
  type Decode,
  type SpeechServer,
  type Surroundings,
  sendJson,
  startSpeechServer,
  type Visit,
} from './speech-server.ts'
import { sentencesOf, talkFor, textOf } from './talk.ts'

/** How a simulated transcription server is started. */
export interface SttOptions extends Surroundings {
  dialect?: DialectName
  /** Whether it answers `stream=true` with events. */
  streams?: boolean
  /** Largest upload in bytes. */
  maxBytes?: number
  /** Told every upload as it was read. */
  heard?(upload: Upload): void
}

/** A server of `POST /v1/audio/transcriptions` that hears a talk of its own in whatever it is sent. */
export function startSttServer(options: SttOptions): Promise<SpeechServer> {
  const dialect = DIALECTS[options.dialect ?? 'openai']
  return startSpeechServer(options, {
    health: dialect.health,
    answer: (visit, decode) => answer(options, dialect, visit, decode),
  })
}

async function answer(
  options: SttOptions,
  dialect: Dialect,
  visit: Visit,
  decode: Decode,
): Promise<void> {
  const { path, req, res } = visit
  const { faults, log, maxBytes } = options
  if (path !== '/v1/audio/transcriptions') return refuse(dialect, res, 404, 'Not Found')
  if (req.method !== 'POST') return refuse(dialect, res, 405, 'Method Not Allowed')
  const upload = await readUpload(req).catch(() => undefined)
  if (!upload?.file) return refuse(dialect, res, 422, [MISSING])
  options.heard?.(upload)
  if (maxBytes !== undefined && upload.file.sizeBytes > maxBytes)
    return refuse(dialect, res, 413, `File exceeds the limit of ${maxBytes} bytes`)
  const seconds = secondsOf(upload.file)
  if (seconds === null) return refuse(dialect, res, 415, 'Unsupported or corrupt audio file')
  if (faults.current() === 'cuda') {
    faults.used()
    return refuse(dialect, res, 500, 'CUDA error: an illegal memory access was encountered')
  }
  log(`transcribing ${seconds.toFixed(1)} s of audio`)
  if (!(await decode(seconds, visit))) return
  const words = talkFor(seconds)
  const field = (name: string) => upload.fields.get(name) ?? []
  if (options.streams && field('stream').includes('true')) return stream(res, words, faults)
  const asked = {
    isVerbose: field('response_format').includes('verbose_json'),
    wantsWords: ['timestamp_granularities[]', 'timestamp_granularities'].some((name) =>
      field(name).includes('word'),
    ),
  }
  const text = JSON.stringify(dialect.answer(words, seconds, asked))
  if (faults.current() !== 'cut') return sendJson(res, 200, JSON.parse(text))
  faults.used()
  res.writeHead(200, { 'content-type': 'application/json', 'content-length': text.length })
  res.write(text.slice(0, text.length / 2), () => res.destroy())
}

const MISSING = { type: 'missing', loc: ['body', 'file'], msg: 'Field required', input: null }

function refuse(dialect: Dialect, res: ServerResponse, status: number, said: unknown): void {
  const message = typeof said === 'string' ? said : 'file is required'
  const error = { message, type: status < 500 ? 'invalid_request_error' : 'server_error' }
  sendJson(res, status, dialect.errors === 'openai' ? { error } : { detail: said })
}

function stream(
  res: ServerResponse,
  words: ReturnType<typeof talkFor>,
  faults: SttOptions['faults'],
): void {
  res.writeHead(200, { 'content-type': 'text/event-stream' })
  const event = (data: { type: string; delta?: string; text?: string }) =>
    `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`
  const sentences = sentencesOf(words)
  const isCut = faults.current() === 'cut'
  if (isCut) faults.used()
  sentences.forEach((own, at) => {
    const delta = `${at === 0 ? '' : ' '}${textOf(own)}`
    const data = { type: 'transcript.text.delta', delta }
    if (!isCut || at < sentences.length / 2) res.write(event(data))
  })
  if (isCut) res.write('event: transcript.te', () => res.destroy())
  else res.end(event({ type: 'transcript.text.done', text: textOf(words) }))
}
