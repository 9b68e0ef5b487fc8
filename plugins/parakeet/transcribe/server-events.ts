import { Pieces } from '#core'
import { speechError } from '../errors.ts'

/** A line of events no server needs more than. */
const MOST_BYTES = 1024 * 1024

/**
 * Hands a server's events on, each whole or not at all: what breaks off never leaves half of one, and
 * an `error` of the server is an error of the stream. Rejects with SPEECH_FAILED.
 */
export async function* handOnEvents(body: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  let rest = new Pieces()
  // The end of what was looked through: an empty line may begin in one part and end in the next.
  let seam = Buffer.alloc(0)
  for await (const part of body) {
    rest.add(part)
    if (rest.sizeBytes > MOST_BYTES) throw speechError('SPEECH_FAILED', 'An event has no end.')
    const seen = Buffer.concat([seam, part])
    const end = endOfLast(seen)
    seam = seen.subarray(Math.max(end, seen.length - 3))
    if (end === 0) continue
    const bytes = rest.whole()
    const whole = bytes.subarray(0, bytes.length - (seen.length - end))
    if (/^event: ?error$/m.test(whole.toString('latin1')))
      throw speechError('SPEECH_FAILED', 'The server broke the transcription off.')
    yield whole
    rest = new Pieces()
    rest.add(bytes.subarray(whole.length))
  }
  if (rest.whole().toString('latin1').trim() !== '')
    throw speechError('SPEECH_FAILED', 'The server broke off in the middle of an event.')
}

/** Behind the last empty line, which ends an event. */
function endOfLast(bytes: Buffer): number {
  const unix = bytes.lastIndexOf('\n\n')
  const dos = bytes.lastIndexOf('\r\n\r\n')
  return Math.max(unix === -1 ? 0 : unix + 2, dos === -1 ? 0 : dos + 4)
}
