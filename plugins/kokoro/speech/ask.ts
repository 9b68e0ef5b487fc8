import { Pieces, type StreamReply, type Upstream } from '#core'
import { readServerError } from '../errors.ts'

const ERROR_BYTES = 64 * 1024

/** Sends a request for speech; an answer other than 2xx is thrown in our words. */
export async function askServer(
  server: Upstream,
  path: string,
  body: object,
  signal: AbortSignal,
): Promise<StreamReply> {
  const reply = await server.stream(path, {
    headers: { 'content-type': 'application/json', accept: '*/*' },
    body: JSON.stringify(body),
    signal,
  })
  return refuseErrors(reply)
}

/** Throws what a server says went wrong. */
export async function refuseErrors(reply: StreamReply): Promise<StreamReply> {
  if (reply.status >= 200 && reply.status < 300) return reply
  throw readServerError(reply.status, String(await readUpTo(reply.body, ERROR_BYTES)))
}

/** The first bytes of a body; the rest is left. */
export async function readUpTo(body: AsyncIterable<Buffer>, mostBytes: number): Promise<Buffer> {
  const pieces = new Pieces()
  for await (const piece of body) {
    pieces.add(piece)
    if (pieces.sizeBytes >= mostBytes) break
  }
  return pieces.whole().subarray(0, mostBytes)
}
