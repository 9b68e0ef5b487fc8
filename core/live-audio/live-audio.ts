import { openAsBlob } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { ControlError } from '../errors.ts'
import { type Transcript, writeReport } from './report.ts'

export interface LiveAudioOptions {
  url: string
  model?: string
  token?: string
  write(text: string): void
  /** Milliseconds of some clock. */
  now(): number
}

/**
 * Sends a recording through a running controller and prints who said what, how long it took and what
 * should be known of it. Throws what the controller answers, or that there is none.
 */
export async function liveAudio(file: string, options: LiveAudioOptions): Promise<void> {
  const { size } = await stat(file).catch((cause: unknown) => {
    throw new ControlError('FILE_UNREADABLE', `${file} cannot be read`, { cause })
  })
  options.write(`${basename(file)}, ${(size / 1e6).toFixed(1)} MB, to ${options.url}\n`)
  const startedMs = options.now()
  const asked = await ask(file, 'diarized_json', options)
  const canTell = asked.error?.code !== 'speakers_unavailable'
  const { error, transcript } = canTell ? asked : await ask(file, 'verbose_json', options)
  if (error) throw new ControlError(error.code.toUpperCase(), error.message)
  const tookS = (options.now() - startedMs) / 1000
  options.write(writeReport(transcript as Transcript, { tookS, canTell }))
}

interface Answered {
  transcript?: Transcript
  error?: { code: string; message: string }
}

async function ask(file: string, format: string, options: LiveAudioOptions): Promise<Answered> {
  const { url, model, token } = options
  const form = new FormData()
  form.set('response_format', format)
  form.set('timestamp_granularities[]', 'word')
  if (model !== undefined) form.set('model', model)
  // read from disk while it is sent
  form.set('file', await openAsBlob(file), basename(file))
  const init = {
    method: 'POST',
    body: form,
    ...(token !== undefined && { headers: { authorization: `Bearer ${token}` } }),
  }
  const reply = await fetch(new URL('/v1/audio/transcriptions', url), init).catch((cause) => {
    throw new ControlError('UPSTREAM_UNREACHABLE', `no controller answers at ${url}`, {
      hint: 'start it, or name its address with --url',
      cause,
    })
  })
  const text = await reply.text()
  const body = parse(text)
  if (reply.ok) return { transcript: body as Transcript }
  const { code = 'bad_request', message = text.slice(0, 200) } = body?.error ?? {}
  return { error: { code: code ?? 'bad_request', message } }
}

function parse(text: string): { error?: { code?: string; message?: string } } | undefined {
  try {
    return JSON.parse(text)
  } catch {
    // something else than a controller answered; its text is told
    return undefined
  }
}
