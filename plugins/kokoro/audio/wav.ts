/** How the samples of a WAV lie: 1 is PCM; WAVE_FORMAT_EXTENSIBLE says its own behind it. */
export interface WavFormat {
  codec: number
  channels: number
  sampleRateHz: number
  bitsPerSample: number
}

export interface Wav {
  format: WavFormat
  /** Where the samples begin. */
  startByte: number
  /** Of the samples; null where a stream did not know when it wrote its head. */
  sizeBytes: number | null
}

const PCM = 1
const EXTENSIBLE = 0xfffe
const HEAD_BYTES = 44
/** Chunks before the samples (LIST, fact) are small. */
const LONGEST_HEAD_BYTES = 64 * 1024

/**
 * Reads the head of a WAV as far as it is there: `more` when its samples have not begun yet,
 * undefined when it is none.
 */
export function readWavHead(bytes: Buffer): Wav | 'more' | undefined {
  if (bytes.length < 12) return isBegun(bytes) ? 'more' : undefined
  if (!isBegun(bytes) || bytes.toString('latin1', 8, 12) !== 'WAVE') return undefined
  let format: WavFormat | undefined
  for (let at = 12; ; ) {
    if (at > LONGEST_HEAD_BYTES) return undefined
    if (bytes.length < at + 8) return 'more'
    const id = bytes.toString('latin1', at, at + 4)
    const sizeBytes = bytes.readUInt32LE(at + 4)
    const start = at + 8
    if (id === 'data')
      return format && { format, startByte: start, sizeBytes: knownSize(sizeBytes) }
    if (id === 'fmt ') {
      if (sizeBytes < 16) return undefined
      if (bytes.length < start + Math.min(sizeBytes, 26)) return 'more'
      format = readFormat(bytes, start, sizeBytes)
    }
    at = start + sizeBytes + (sizeBytes % 2)
  }
}

/** The 44 bytes before samples of this size. */
export function wavHead(format: WavFormat, sizeBytes: number): Buffer {
  const frameBytes = frameBytesOf(format)
  const head = Buffer.alloc(HEAD_BYTES)
  head.write('RIFF', 0, 'latin1')
  head.writeUInt32LE(HEAD_BYTES - 8 + sizeBytes, 4)
  head.write('WAVEfmt ', 8, 'latin1')
  head.writeUInt32LE(16, 16)
  head.writeUInt16LE(format.codec, 20)
  head.writeUInt16LE(format.channels, 22)
  head.writeUInt32LE(format.sampleRateHz, 24)
  head.writeUInt32LE(format.sampleRateHz * frameBytes, 28)
  head.writeUInt16LE(frameBytes, 32)
  head.writeUInt16LE(format.bitsPerSample, 34)
  head.write('data', 36, 'latin1')
  head.writeUInt32LE(sizeBytes, 40)
  return head
}

/** Bytes of one moment over all channels. */
export const frameBytesOf = ({ channels, bitsPerSample }: WavFormat): number =>
  channels * (bitsPerSample / 8)

/** Whether samples can be worked with here: 16-bit PCM, as Kokoro writes it. */
export const isPcm16 = ({ codec, bitsPerSample, channels, sampleRateHz }: WavFormat): boolean =>
  codec === PCM && bitsPerSample === 16 && channels >= 1 && channels <= 8 && sampleRateHz >= 1_000

const isBegun = (bytes: Buffer): boolean =>
  'RIFF'.startsWith(bytes.toString('latin1', 0, 4)) && bytes.length > 0

/** Streams write 0 or the largest number there is. */
const knownSize = (sizeBytes: number): number | null =>
  sizeBytes === 0 || sizeBytes >= 0x7fffff00 ? null : sizeBytes

function readFormat(bytes: Buffer, at: number, sizeBytes: number): WavFormat {
  const codec = bytes.readUInt16LE(at)
  return {
    codec: codec === EXTENSIBLE && sizeBytes >= 26 ? bytes.readUInt16LE(at + 24) : codec,
    channels: bytes.readUInt16LE(at + 2),
    sampleRateHz: bytes.readUInt32LE(at + 4),
    bitsPerSample: bytes.readUInt16LE(at + 14),
  }
}
