import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { formatEvent, openEventStream } from '../events/sse.ts'

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
  openEventStream(req, res)
  if (req.method === 'HEAD') return void res.end()
  const heartbeat = setInterval(() => res.write(':\n\n'), HEARTBEAT_MS)
  try {
    for await (const { id, data } of items(abort.signal)) {
      const isTaken = res.write(formatEvent('line', data, id))
      if (!isTaken) await once(res, 'drain', { signal: abort.signal })
    }
    res.write(formatEvent('end', {}))
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : String(thrown)
    if (!abort.signal.aborted) res.write(formatEvent('error', { message }))
  } finally {
    clearInterval(heartbeat)
    res.end()
  }
}
