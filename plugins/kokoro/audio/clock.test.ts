import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createAudioClock, type Format, PCM_BYTES_PER_S } from './clock.ts'
import { wavHead } from './wav.ts'

/** 24 kHz, mono, 64 kbit/s: MPEG 2 layer III, 576 samples in 192 bytes. */
const mp3Frame = () => {
  const frame = Buffer.alloc(192, 0x55)
  frame.set([0xff, 0xf3, 0x84, 0xc4])
  return frame
}
/** 24 kHz AAC-LC in ADTS, 1024 samples in 100 bytes. */
const adtsFrame = () => {
  const frame = Buffer.alloc(100, 0x55)
  frame.set([0xff, 0xf1, (1 << 6) | (6 << 2), 0x40, 100 >> 3, ((100 & 7) << 5) | 0x1f, 0xfc])
  return frame
}
const oggPage = (granule: bigint, body: Buffer) => {
  const head = Buffer.alloc(28)
  head.write('OggS')
  head.writeBigInt64LE(granule, 6)
  head[26] = 1
  head[27] = body.length
  return Buffer.concat([head, body])
}
const opusHead = Buffer.concat([
  Buffer.from('OpusHead\x01\x01'),
  Buffer.from([0x38, 0x01]),
  Buffer.alloc(7),
])

const many = (frame: () => Buffer, count: number) =>
  Buffer.concat(Array.from({ length: count }, frame))

const STREAMS: [Format, Buffer, number][] = [
  ['mp3', Buffer.concat([Buffer.from('ID3\x04'), Buffer.alloc(60), many(mp3Frame, 50)]), 1.2],
  ['aac', many(adtsFrame, 75), 3.2],
  [
    'opus',
    Buffer.concat([
      oggPage(0n, opusHead),
      oggPage(0n, Buffer.alloc(40)),
      ...Array.from({ length: 500 }, (_, n) => oggPage(BigInt(n * 960), Buffer.alloc(200))),
      oggPage(-1n, Buffer.alloc(1)),
      oggPage(96_312n, Buffer.alloc(100)),
    ]),
    2,
  ],
  [
    'wav',
    Buffer.concat([
      wavHead({ codec: 1, channels: 2, sampleRateHz: 16_000, bitsPerSample: 16 }, 0),
      Buffer.alloc(160_000),
    ]),
    2.5,
  ],
  ['pcm', Buffer.alloc(PCM_BYTES_PER_S * 3), 3],
]

describe.each(STREAMS)('the length of %s', (format, bytes, seconds) => {
  it('is counted while it passes, however the network cuts it', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 40, max: 9_000 }), { minLength: 1 }), (sizes) => {
        const clock = createAudioClock(format)
        for (let at = 0, n = 0; at < bytes.length; n += 1) {
          const size = sizes[n % sizes.length] ?? 1
          clock.take(bytes.subarray(at, at + size))
          at += size
        }
        expect(clock.seconds()).toBeCloseTo(seconds, 5)
      }),
      { numRuns: 10 },
    )
  })
})

it.each(['mp3', 'opus', 'aac', 'flac', 'wav', 'pcm'] as const)(
  'of %s is unknown when nothing came, or something else',
  (format) => {
    const clock = createAudioClock(format)
    expect(clock.seconds()).toBeNull()
    if (format === 'pcm') return
    clock.take(Buffer.from('<html>no audio at all</html>'))
    expect(clock.seconds()).toBeNull()
  },
)
