/** What the head of a WAV file says. */
export interface WavHeader {
  /** 1 PCM, 3 float; 0xfffe is resolved to what it stands for. */
  format: number
  channels: number
  sampleRate: number
  bitsPerSample: number
  /** Bytes of one moment of all channels. */
  blockBytes: number
  /** Bytes of one second. */
  bytesPerSecond: number
  /** Where the samples begin. */
  dataAt: number
  /** Their size as declared; undefined where it was not known when the head was written. */
  dataBytes: number | undefined
}

/** `more`: the head is not here yet. */
export type ReadWav = WavHeader | 'more' | { mistake: string }

/** Heads larger than this are none. */
export const MOST_HEAD_BYTES = 256 * 1024

/** Reads the head of a WAV or RF64 file from its first bytes. */
export function readWavHeader(bytes: Buffer): ReadWav {
  let fmt: Omit<WavHeader, 'dataAt' | 'dataBytes'> | undefined
  for (let at = 12; ; ) {
    if (at + 8 > bytes.length) return bytes.length > MOST_HEAD_BYTES ? NO_DATA : 'more'
    const id = bytes.toString('latin1', at, at + 4)
    const size = bytes.readUInt32LE(at + 4)
    if (id === 'data') {
      if (!fmt) return { mistake: 'its samples come before their format' }
      // 0 and all ones are what writers leave that could not go back to the head
      const dataBytes = size === 0 || size >= 0xffffffff - 64 ? undefined : size
      return { ...fmt, dataAt: at + 8, dataBytes }
    }
    if (id === 'fmt ') {
      if (at + 8 + Math.min(size, 40) > bytes.length) return 'more'
      const read = readFormat(bytes.subarray(at + 8, at + 8 + size))
      if ('mistake' in read) return read
      fmt = read
    }
    // chunks begin at even places
    at += 8 + size + (size % 2)
    if (at > MOST_HEAD_BYTES) return NO_DATA
  }
}

const NO_DATA = { mistake: 'no samples were found in it' }
const EXTENSIBLE = 0xfffe
const PCM_LIKE = new Set([1, 3, 6, 7])

function readFormat(chunk: Buffer): Omit<WavHeader, 'dataAt' | 'dataBytes'> | { mistake: string } {
  if (chunk.length < 16) return { mistake: 'its format is cut off' }
  const tag = chunk.readUInt16LE(0)
  const format = tag === EXTENSIBLE && chunk.length >= 26 ? chunk.readUInt16LE(24) : tag
  const channels = chunk.readUInt16LE(2)
  const sampleRate = chunk.readUInt32LE(4)
  const bitsPerSample = chunk.readUInt16LE(14)
  const isPcm = PCM_LIKE.has(format)
  const blockBytes = isPcm ? (channels * bitsPerSample) / 8 : chunk.readUInt16LE(12)
  const bytesPerSecond = isPcm ? blockBytes * sampleRate : chunk.readUInt32LE(8)
  const isSound = channels >= 1 && sampleRate >= 1 && bytesPerSecond >= 1 && blockBytes >= 1
  if (!isSound || channels > 64 || sampleRate > 1_000_000)
    return { mistake: `its format is ${channels} channels at ${sampleRate} Hz` }
  return { format, channels, sampleRate, bitsPerSample, blockBytes, bytesPerSecond }
}

/** The head of a WAV file of 16-bit samples. */
export function wavHead(
  { sampleRate, channels }: Pick<WavHeader, 'sampleRate' | 'channels'>,
  dataBytes: number,
): Buffer {
  const head = Buffer.alloc(44)
  const blockBytes = channels * 2
  head.write('RIFF', 0, 'latin1')
  head.writeUInt32LE(36 + dataBytes, 4)
  head.write('WAVEfmt ', 8, 'latin1')
  head.writeUInt32LE(16, 16)
  head.writeUInt16LE(1, 20)
  head.writeUInt16LE(channels, 22)
  head.writeUInt32LE(sampleRate, 24)
  head.writeUInt32LE(sampleRate * blockBytes, 28)
  head.writeUInt16LE(blockBytes, 32)
  head.writeUInt16LE(16, 34)
  head.write('data', 36, 'latin1')
  head.writeUInt32LE(dataBytes, 40)
  return head
}
