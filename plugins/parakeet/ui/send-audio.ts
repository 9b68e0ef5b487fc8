import { CallError } from '#ui'

/** How far a recording is on its way to being a transcript. */
export type Progress = { type: 'sending'; percent: number | null } | { type: 'listening' }

export interface AudioWish {
  file: Blob
  name: string
  /** As it stands in the request; absent: the only service, or the one by default. */
  model: string | undefined
  hasSpeakers: boolean
}

/**
 * Sends a recording and answers the transcript. By XMLHttpRequest, since fetch does not tell how much
 * of an upload is gone. Throws CallError, or the signal's reason.
 */
export function sendAudio(
  { file, name, model, hasSpeakers }: AudioWish,
  signal: AbortSignal,
  onProgress: (progress: Progress) => void,
): Promise<unknown> {
  const form = new FormData()
  // the file last: what it is about is known before it has come
  if (model !== undefined) form.set('model', model)
  form.set('response_format', hasSpeakers ? 'diarized_json' : 'verbose_json')
  form.append('timestamp_granularities[]', 'word')
  form.append('timestamp_granularities[]', 'segment')
  form.set('file', file, name)
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    const leave = () => {
      request.abort()
      reject(signal.reason)
    }
    if (signal.aborted) return reject(signal.reason)
    signal.addEventListener('abort', leave, { once: true })
    request.upload.onprogress = ({ loaded, total, lengthComputable }) =>
      onProgress({ type: 'sending', percent: lengthComputable ? (loaded / total) * 100 : null })
    request.upload.onload = () => onProgress({ type: 'listening' })
    request.onerror = () =>
      reject(
        new CallError(0, {
          code: 'CONTROLLER_UNREACHABLE',
          message: 'The controller does not answer.',
          hint: 'Is Spark Control running, and is this device on the same network?',
        }),
      )
    request.onload = () => {
      signal.removeEventListener('abort', leave)
      try {
        resolve(readReply(request.status, request.responseText))
      } catch (thrown) {
        reject(thrown)
      }
    }
    request.open('POST', '/v1/audio/transcriptions')
    request.send(form)
  })
}

function readReply(status: number, text: string): unknown {
  const body = parse(text)
  if (status >= 200 && status < 300 && body !== undefined) return body
  const { error } = (body ?? {}) as { error?: { message?: string; code?: string | null } }
  throw new CallError(status, {
    code: error?.code ?? `HTTP_${status}`,
    message: error?.message ?? `The controller answered ${status}.`,
  })
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // a page of a proxy, or an answer that was cut
  }
}
