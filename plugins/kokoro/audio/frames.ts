/** How long the audio of a stream is, as far as it was seen; fed in pieces cut anywhere. */
export interface AudioClock {
  take(bytes: Buffer): void
  /** null: the format does not say. */
  seconds(): number | null
}

interface Frame {
  sizeBytes: number
  seconds: number
}

/** Audio in frames that each say their own size: MP3 and AAC (ADTS). */
function createFrameClock(
  headBytes: number,
  read: (bytes: Buffer, at: number) => Frame | undefined,
): AudioClock {
  let rest: Buffer = Buffer.alloc(0)
  let skipBytes = 0
  let sum = 0
  return {
    take(bytes) {
      let at = Math.min(skipBytes, bytes.length)
      skipBytes -= at
      if (at === bytes.length) return
      const joined = rest.length > 0 ? Buffer.concat([rest, bytes.subarray(at)]) : bytes
      if (rest.length > 0) at = 0
      while (joined.length - at >= headBytes) {
        const frame = read(joined, at)
        // not at a frame: tags stand before and behind them
        if (!frame) {
          at += 1
          continue
        }
        sum += frame.seconds
        at += frame.sizeBytes
      }
      skipBytes = Math.max(0, at - joined.length)
      rest = at < joined.length ? Buffer.from(joined.subarray(at)) : Buffer.alloc(0)
    },
    seconds: () => (sum > 0 ? sum : null),
  }
}

const MP3_KBITS = {
  1: [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  2: [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
} as const
const MP3_RATES = [44_100, 48_000, 32_000]

/** Layer III of MPEG 1, 2 and 2.5 (ISO 11172-3, 13818-3). */
export const createMp3Clock = (): AudioClock =>
  createFrameClock(4, (bytes, at) => {
    const second = bytes[at + 1] ?? 0
    if (bytes[at] !== 0xff || (second & 0xe6) !== 0xe2) return undefined
    const version = (second >> 3) & 3
    const third = bytes[at + 2] ?? 0
    const rate = MP3_RATES[(third >> 2) & 3]
    const kbits = MP3_KBITS[version === 3 ? 1 : 2][third >> 4]
    if (version === 1 || !rate || !kbits) return undefined
    const sampleRateHz = version === 3 ? rate : version === 2 ? rate / 2 : rate / 4
    const samples = version === 3 ? 1152 : 576
    const sizeBytes = Math.floor((samples * 125 * kbits) / sampleRateHz) + ((third >> 1) & 1)
    return { sizeBytes, seconds: samples / sampleRateHz }
  })

const ADTS_KHZ = [96, 88.2, 64, 48, 44.1, 32, 24, 22.05, 16, 12, 11.025, 8]

/** AAC in ADTS (ISO 14496-3): 1024 samples a block. */
export const createAdtsClock = (): AudioClock =>
  createFrameClock(7, (bytes, at) => {
    const byte = (n: number) => bytes[at + n] ?? 0
    if (byte(0) !== 0xff || (byte(1) & 0xf6) !== 0xf0) return undefined
    const kHz = ADTS_KHZ[(byte(2) >> 2) & 15]
    const sizeBytes = ((byte(3) & 3) << 11) | (byte(4) << 3) | (byte(5) >> 5)
    if (!kHz || sizeBytes < 7) return undefined
    return { sizeBytes, seconds: (((byte(6) & 3) + 1) * 1.024) / kHz }
  })
