import type { IncomingMessage, ServerResponse } from 'node:http'
import type { RawAnswer } from '../api.ts'

/** The head of an event stream: nothing between here and the page may hold it back. */
export const EVENT_STREAM = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-store',
  // nginx and its kin would otherwise collect the stream before they pass it on.
  'x-accel-buffering': 'no',
}

/** Begins an event stream. */
export function openEventStream(
  req: IncomingMessage,
  res: ServerResponse,
  headers: Record<string, string> = {},
): void {
  req.socket.setNoDelay(true)
  res.writeHead(200, { ...EVENT_STREAM, ...headers })
  res.flushHeaders()
}

/** One server-sent event. */
export function formatEvent(type: string, value: unknown, id?: string): string {
  const head = id === undefined ? '' : `id: ${id}\n`
  return `${head}event: ${type}\ndata: ${JSON.stringify(value)}\n\n`
}

/** A log as a kind's own route answers it: one event a line, then `end`, or `error` with its message. */
export function answerLines(lines: AsyncIterable<unknown>): RawAnswer {
  return { status: 200, headers: EVENT_STREAM, body: eventsOf(lines) }
}

async function* eventsOf(lines: AsyncIterable<unknown>): AsyncGenerator<Uint8Array> {
  const bytes = new TextEncoder()
  try {
    for await (const line of lines) yield bytes.encode(formatEvent('line', line))
    yield bytes.encode(formatEvent('end', {}))
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : String(thrown)
    yield bytes.encode(formatEvent('error', { message }))
  }
}
