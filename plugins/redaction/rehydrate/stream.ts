import { told } from '../scrub/refusal.ts'
import type { Tally } from '../tally.ts'
import { EventRestorer } from './event-restorer.ts'
import { type Known, noCounts, type RestoreOptions, Restorer } from './restorer.ts'

/** Restores a stream as it comes; a stream of events ends with a comment that has the counts. */
export async function* restoreStream(
  source: AsyncIterable<Uint8Array>,
  known: Known,
  options: RestoreOptions,
  isEvents: boolean,
  tally: Tally,
): AsyncGenerator<Uint8Array> {
  const counts = noCounts()
  const restorer = isEvents
    ? new EventRestorer(known, options, counts)
    : plainRestorer(new Restorer(known, options, counts))
  try {
    for await (const chunk of source) {
      const text = told(() => restorer.push(chunk))
      if (text !== '') yield Buffer.from(text)
    }
    yield Buffer.from(told(() => restorer.end()))
    if (isEvents) yield Buffer.from(`: restored ${JSON.stringify(counts)}\n\n`)
  } finally {
    tally.restored(counts)
  }
}

/** Bytes of UTF-8 in pieces, whose characters may be cut. */
function plainRestorer(restorer: Restorer): Pick<EventRestorer, 'push' | 'end'> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  return {
    push: (bytes) => restorer.push(decoder.decode(bytes, { stream: true })),
    end: () => restorer.push(decoder.decode()) + restorer.end(),
  }
}
