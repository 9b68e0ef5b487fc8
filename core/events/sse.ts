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

/**
 * Sends lines as an event stream (`event: line`), waiting for a slow reader, and `event: end` after
 * the last. For logs that have a stream of their own.
 */
export async function streamLines(
  req: IncomingMessage,
  res: ServerResponse,
  lines: AsyncIterable<unknown>,
  headers: Record<string, string> = {},
): Promise<void> {
  openEventStream(req, res, headers)
  res.write(': ready\n\n')
  for await (const line of lines) {
    if (res.closed || res.destroyed) return
    if (!res.write(formatEvent('line', line))) await drained(res)
  }
  if (!res.destroyed) res.end(formatEvent('end', {}))
}

function drained(res: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      res.off('drain', done)
      res.off('close', done)
      resolve()
    }
    res.on('drain', done)
    res.on('close', done)
    if (res.destroyed) done()
  })
}
