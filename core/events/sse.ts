import type { IncomingMessage, ServerResponse } from 'node:http'

/** Begins an event stream: nothing between here and the page may hold it back. */
export function openEventStream(
  req: IncomingMessage,
  res: ServerResponse,
  headers: Record<string, string> = {},
): void {
  req.socket.setNoDelay(true)
  res.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache, no-store',
    // nginx and its kin would otherwise collect the stream before they pass it on.
    'x-accel-buffering': 'no',
    ...headers,
  })
  res.flushHeaders()
}

/** One server-sent event. */
export function formatEvent(type: string, value: unknown, id?: string): string {
  const head = id === undefined ? '' : `id: ${id}\n`
  return `${head}event: ${type}\ndata: ${JSON.stringify(value)}\n\n`
}
