import type { Lines } from './event-lines.ts'

/**
 * Stands in for the lines of a stream whose head is written when the server then answers no stream:
 * gathers what it said and tells it as one event, in OpenAI's shape.
 */
export class RefusedAnswer implements Lines {
  readonly #status: number
  #text = ''

  constructor(status: number) {
    this.#status = status
  }

  take(chunk: Buffer): null {
    if (this.#text.length < MAX_CHARS) this.#text += chunk.toString('latin1')
    return null
  }

  rest(): Buffer {
    return Buffer.from(`event: error\ndata: ${this.#data()}\n\n`)
  }

  seam(): string {
    return ''
  }

  #data(): string {
    const said = Buffer.from(this.#text, 'latin1').toString()
    const answer = parse(said)
    if (typeof answer?.error === 'object' && answer.error !== null) return JSON.stringify(answer)
    const message = typeof answer?.message === 'string' ? answer.message : said.slice(0, 500)
    return JSON.stringify({
      error: {
        message: message || `The server answered ${this.#status}.`,
        type: this.#status >= 400 && this.#status < 500 ? 'invalid_request_error' : 'server_error',
        param: null,
        code: 'upstream_failed',
      },
    })
  }
}

const MAX_CHARS = 64 * 1024

function parse(text: string): { error?: unknown; message?: unknown } | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' ? value : null
  } catch {
    return null // not JSON, so it is told as it stands
  }
}
