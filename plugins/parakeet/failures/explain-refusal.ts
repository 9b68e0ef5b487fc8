import { ControlError } from '#core'
import { speechError } from '../errors.ts'
import { serverWords } from './server-words.ts'

/** An answer of a speech server that is no transcript. */
export interface Refusal {
  status: number
  headers: Readonly<Record<string, string>>
  text: string
}

/** What is known of the request. */
export interface Asked {
  service: string
  /** Whether the beginning of the file is that of a kind of audio. */
  isKnownAudio: boolean
}

/** What NVIDIA's libraries say when the process can no longer use the GPU. */
const CRASH =
  /cuda(?! out of memory)[\w ]*(?:error|failure|exception)|cudaError|device-side assert|illegal (?:memory access|instruction)|CUBLAS_STATUS|CUDNN_STATUS|NVRTC|no kernel image|cuda[ _-]?graph|cuda[-_]python/i
const NO_MEMORY = /out of memory|OutOfMemory|CUDA_ERROR_OUT_OF_MEMORY|cannot allocate memory/i
const BAD_AUDIO =
  /(?:decod|read|load|open|pars|process|support)\w*[^.]{0,40}(?:audio|file|format)|(?:audio|file|format)[^.]{0,40}(?:decod|corrupt|invalid|malformed|unsupported|unrecogni|not support)|(?:corrupt|invalid|malformed|unsupported|unrecogni|unknown)\w*[^.]{0,30}(?:audio|file|format|data)|Invalid data found|libsndfile|LibsndfileError|soundfile|NoBackendError|ffmpeg/i
const LOADING = /load|not ready|starting|warming|initiali[sz]/i

/** What a caller is told of a server's refusal; never its words about our key or its files. */
export function explainRefusal(refusal: Refusal, { service, isKnownAudio }: Asked): ControlError {
  const { status, text } = refusal
  const said = serverWords(text)
  const says = said === '' ? ` (${status})` : `: ${said}`
  if (status >= 500 && status !== 503 && status !== 504)
    return explainFault(said, says, service, isKnownAudio)
  switch (status) {
    case 401:
    case 403:
      return speechError('SPEECH_FAILED', `The server of ${service} wants a key (${status}).`, {
        hint: `Set services.${service}.api_key in topology.yaml.`,
      })
    case 404:
    case 405:
      if (/model/i.test(said)) return new ControlError('MODEL_NOT_FOUND', `${service} says${says}`)
      return speechError(
        'SPEECH_FAILED',
        `The server of ${service} has no such path (${status}).`,
        {
          hint: `Set services.${service}.path in topology.yaml.`,
        },
      )
    case 408:
    case 504:
      return new ControlError('UPSTREAM_TIMEOUT', `The server of ${service} took too long${says}`)
    case 413:
      return new ControlError('PAYLOAD_TOO_LARGE', `The server of ${service} refuses it${says}`, {
        hint: `Tell its limit in services.${service}.max_upload or max_audio of topology.yaml.`,
      })
    case 429:
    case 503:
      return explainBusy(refusal, said, says, service)
    default:
      return explainMistake(status, said, says, service, isKnownAudio)
  }
}

function explainFault(
  said: string,
  says: string,
  service: string,
  isKnownAudio: boolean,
): ControlError {
  if (NO_MEMORY.test(said))
    return new ControlError('OVERLOADED', `The GPU of ${service} has no memory left for it.`, {
      hint: 'Ask again when less runs on its host, or send shorter audio.',
      retryAfterS: 15,
    })
  if (CRASH.test(said)) return decodeCrashed(service, `Its server says${says}`)
  if (!isKnownAudio || BAD_AUDIO.test(said))
    return speechError('AUDIO_UNREADABLE', `The server of ${service} cannot read the file${says}`, {
      details: [{ path: 'file', message: 'cannot be read' }],
    })
  return speechError('SPEECH_FAILED', `The server of ${service} failed${says}`, {
    hint: 'The log of its container says why.',
  })
}

function explainBusy(
  { status, headers }: Refusal,
  said: string,
  says: string,
  service: string,
): ControlError {
  const retryAfterS = Number(headers['retry-after']) || 5
  if (status === 503 && LOADING.test(said))
    return new ControlError('MODEL_LOADING', `${service} is loading its model${says}`, {
      retryAfterS,
    })
  return new ControlError('OVERLOADED', `The server of ${service} takes no more now${says}`, {
    ...{ retryAfterS, status },
    hint: `Ask again in a moment; services.${service}.concurrency keeps others waiting instead.`,
  })
}

function explainMistake(
  status: number,
  said: string,
  says: string,
  service: string,
  isKnownAudio: boolean,
): ControlError {
  // a redirect is a mistake of the topology, not of the caller
  if (status < 400)
    return speechError('SPEECH_REFUSED', `The server of ${service} refuses it${says}`, {
      status: 502,
    })
  const isAudio = status === 415 || !isKnownAudio || BAD_AUDIO.test(said)
  if (isAudio)
    return speechError('AUDIO_UNREADABLE', `The server of ${service} cannot read the file${says}`, {
      ...{ status, details: [{ path: 'file', message: 'cannot be read' }] },
    })
  return speechError('SPEECH_REFUSED', `The server of ${service} refuses it${says}`, { status })
}

/** A decode that ended its own process or its use of the GPU. */
export const decodeCrashed = (service: string, how: string): ControlError =>
  speechError('DECODE_CRASHED', `The decode crashed in ${service}. ${how}`, {
    hint:
      'Restart its container, then read its log. If every decode crashes while its health is fine, ' +
      'look whether cuda-python was installed in it: docs/guides/audio-speech.md.',
  })
