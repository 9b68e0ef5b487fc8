import type { ServerResponse } from 'node:http'
import type { Downloads } from './downloads.ts'
import type { SpeechEngine } from './speech-engine.ts'

/** What is wrong with a server at the moment. */
export type TtsTrouble = 'hang' | 'error' | 'cut' | undefined

export interface TtsServing {
  engine: SpeechEngine
  trouble(): TtsTrouble
  /** Waits before `/health` answers: a busy GPU holds the whole loop up. */
  beforeHealth(): Promise<void>
  log(line: string): void
  /** Sets the mark of the sandbox on every answer. */
  isSimulated: boolean
}

/** What an answer is made with. */
export interface Answering {
  serving: TtsServing
  downloads: Downloads
  response: ServerResponse
}

/** Aborts when the caller goes before the answer is whole. */
export function leaving(response: ServerResponse): AbortSignal {
  const left = new AbortController()
  response.once('close', () => {
    if (!response.writableFinished) left.abort(new Error('the caller left'))
  })
  return left.signal
}

export function sendJson(response: ServerResponse, status: number, value: object): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(value))
}
