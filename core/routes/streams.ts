import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'

const HEARTBEAT_MS = 15_000

/**
 * Sends an iterable as server-sent events until it ends or the reader leaves, waiting for slow
 * readers. Ends with `event: end`, or `event: error` with the message.
 */
export async function streamEvents(
  req: IncomingMessage,
  res: ServerResponse,
  items: (signal: AbortSignal) => AsyncIterable<{ id?: string; data: unknown }>,
): Promise<void> {
  const abort = new AbortController()
  res.once('close', () => abort.abort(new Error('the reader left')))
  res.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache',
    'x-accel-buffering': 'no',
  })
  res.flushHeaders()
  if (req.method === 'HEAD') return void res.end()
  const heartbeat = setInterval(() => res.write(':\n\n'), HEARTBEAT_MS)
  try {
    for await (const { id, data } of items(abort.signal)) {
      const head = id === undefined ? '' : `id: ${id}\n`
      const isTaken = res.write(`${head}event: line\ndata: ${JSON.stringify(data)}\n\n`)
      if (!isTaken) await once(res, 'drain', { signal: abort.signal })
    }
    res.write('event: end\ndata: {}\n\n')
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : String(thrown)
    if (!abort.signal.aborted) res.write(`event: error\ndata: ${JSON.stringify({ message })}\n\n`)
  } finally {
    clearInterval(heartbeat)
    res.end()
  }
}
