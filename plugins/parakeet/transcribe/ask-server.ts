import { ControlError, gather, type Service, type StreamReply } from '#core'
import { speechError } from '../errors.ts'
import { explainBreak, lookAfter } from '../failures/explain-break.ts'
import { explainRefusal } from '../failures/explain-refusal.ts'
import type { Settings } from '../settings.ts'
import type { OutgoingForm } from '../upload/write-form.ts'

/** Words of two hours are two megabytes; what is far beyond is no transcript. */
const MOST_ANSWER_BYTES = 64 * 1024 ** 2
const MOST_ERROR_BYTES = 64 * 1024

export interface Asking {
  /** Whether the beginning of the file is that of a kind of audio. */
  isKnownAudio: boolean
  signal: AbortSignal
  /** Where else than at `path` of its server. */
  at?: { endpoint: string | undefined; path: string }
}

/**
 * Sends a form to the server that transcribes; its answer is a success and still a stream. Rejects
 * with what a caller should be told: of the server's refusal, a crashed decode, a busy GPU.
 */
export async function askServer(
  service: Service<Settings>,
  { contentType, body }: OutgoingForm,
  { isKnownAudio, signal, at }: Asking,
): Promise<StreamReply> {
  const headers = { 'content-type': contentType, accept: 'application/json' }
  const { endpoint, path } = at ?? { endpoint: undefined, path: service.settings.path }
  try {
    const reply = await service.http(endpoint).stream(path, { headers, body, signal })
    if (reply.status < 300) return reply
    const { status, headers: said } = reply
    const text = (await collect(reply.body, MOST_ERROR_BYTES)).toString()
    throw explainRefusal({ status, headers: said, text }, { service: service.id, isKnownAudio })
  } catch (thrown) {
    throw signal.aborted ? thrown : await explain(service, thrown, endpoint)
  }
}

/** The JSON of an answer from an endpoint, else its text. Rejects as `askServer` does. */
export async function readAnswer(
  service: Service<Settings>,
  reply: StreamReply,
  { signal, endpoint }: { signal: AbortSignal; endpoint?: string | undefined },
): Promise<unknown> {
  let text: string
  try {
    text = (await collect(reply.body, MOST_ANSWER_BYTES)).toString()
  } catch (thrown) {
    throw signal.aborted ? thrown : await explain(service, thrown, endpoint)
  }
  try {
    return JSON.parse(text)
  } catch {
    // some answer plain text whatever they are asked for; a page of HTML is no transcript
    if (!/^\s*[<{[]/.test(text)) return text
    throw speechError('SPEECH_FAILED', `The server of ${service.id} answered no transcript.`)
  }
}

async function explain(
  service: Service<Settings>,
  thrown: unknown,
  endpoint: string | undefined,
): Promise<unknown> {
  if (!(thrown instanceof ControlError)) return thrown
  if (thrown.code === 'UPSTREAM_FAILED')
    return explainBreak(service.id, await lookAfter(service, endpoint))
  if (thrown.code !== 'UPSTREAM_UNREACHABLE') return thrown
  const hint = `The container of ${service.id} is stopped, or still loads its model.`
  return new ControlError(thrown.code, thrown.message, { hint, cause: thrown.cause })
}

const collect = (body: AsyncIterable<Buffer>, mostBytes: number): Promise<Buffer> =>
  gather(body, mostBytes, () =>
    speechError('SPEECH_FAILED', `The server answered more than ${mostBytes} bytes.`),
  )
