import type { AudioClock } from './frames.ts'

const HEAD_BYTES = 512
/** The largest page there can be, so that the last one is always whole in it. */
const TAIL_BYTES = 66 * 1024

/** Opus in Ogg counts its samples at 48 kHz, with a few at the start that are not heard (RFC 7845). */
export function createOpusClock(): AudioClock {
  let head: Buffer = Buffer.alloc(0)
  let tail: Buffer = Buffer.alloc(0)
  return {
    take(bytes) {
      if (head.length < HEAD_BYTES)
        head = Buffer.concat([head, bytes.subarray(0, HEAD_BYTES - head.length)])
      tail = Buffer.concat([tail, bytes]).subarray(-TAIL_BYTES)
    },
    seconds() {
      const at = head.indexOf('OpusHead')
      if (at < 0 || head.length < at + 12) return null
      const samples = lastGranule(tail) - head.readUInt16LE(at + 10)
      return samples > 0 ? samples / 48_000 : null
    },
  }
}

/** The position the last page states; -1 stands on pages where no packet ends. */
function lastGranule(bytes: Buffer): number {
  for (let at = bytes.lastIndexOf('OggS'); at >= 0; at = bytes.lastIndexOf('OggS', at - 1)) {
    const granule = bytes.length >= at + 14 ? Number(bytes.readBigInt64LE(at + 6)) : -1
    if (granule > 0) return granule
    if (at === 0) return 0
  }
  return 0
}
