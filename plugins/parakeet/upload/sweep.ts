import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

const EVERY_BYTES = 8 * 1024 ** 2

/**
 * Passes a stream on and has the memory of what has passed given back every 8 MiB. V8 does not count
 * buffers among the garbage of its young generation: it lets 64 MiB of them lie and then collects
 * everything, which takes ten times as long as these sweeps (measured by bench/speech/transport).
 */
export async function* swept(content: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  let sinceBytes = 0
  for await (const part of content) {
    sinceBytes += part.byteLength
    if (sinceBytes >= EVERY_BYTES) {
      sinceBytes = 0
      sweep({ type: 'minor' })
    }
    yield part
  }
}

type Sweep = (options: { type: 'minor' }) => void

/** V8's own function, which it shows only where it is asked to. */
function findSweep(): Sweep {
  setFlagsFromString('--expose-gc')
  const found = runInNewContext('globalThis.gc') as Sweep | undefined
  setFlagsFromString('--no-expose-gc')
  return found ?? (() => undefined)
}

const sweep = findSweep()
