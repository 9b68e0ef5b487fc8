import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fadeSeams } from './seams.ts'
import { isPcm16, readWavHead, type WavFormat, wavHead } from './wav.ts'

const KOKORO: WavFormat = { codec: 1, channels: 1, sampleRateHz: 24_000, bitsPerSample: 16 }

/** A head with other chunks before the samples, as writers put them. */
function withChunks(...chunks: [string, Buffer][]): Buffer {
  const head = wavHead(KOKORO, 1_000)
  const extra = chunks.flatMap(([id, body]) => {
    const size = Buffer.alloc(4)
    size.writeUInt32LE(body.length)
    return [Buffer.from(id), size, body, Buffer.alloc(body.length % 2)]
  })
  return Buffer.concat([head.subarray(0, 36), ...extra, head.subarray(36)])
}

describe('the head of a WAV', () => {
  it('is read as it was written', () => {
    const head = wavHead({ ...KOKORO, channels: 2, sampleRateHz: 48_000 }, 96_000)
    expect(readWavHead(head)).toEqual({
      format: { ...KOKORO, channels: 2, sampleRateHz: 48_000 },
      startByte: 44,
      sizeBytes: 96_000,
    })
    expect(head.readUInt32LE(4)).toBe(36 + 96_000)
    expect([head.readUInt32LE(28), head.readUInt16LE(32)]).toEqual([192_000, 4])
  })

  it.each([0, 0xffffffff, 0x7fffffff])('of a stream that said %i bytes knows no size', (size) => {
    const head = wavHead(KOKORO, 0)
    head.writeUInt32LE(size, 40)
    expect(readWavHead(head)).toMatchObject({ sizeBytes: null, startByte: 44 })
  })

  it('may have other chunks before the samples, of odd length too', () => {
    const wav = readWavHead(withChunks(['LIST', Buffer.alloc(7)], ['fact', Buffer.alloc(4)]))
    expect(wav).toMatchObject({ startByte: 44 + 16 + 12, sizeBytes: 1_000 })
  })

  it('says of the extensible form what is in it', () => {
    const fmt = Buffer.alloc(40)
    fmt.writeUInt16LE(0xfffe, 0)
    fmt.writeUInt16LE(1, 2)
    fmt.writeUInt32LE(16_000, 4)
    fmt.writeUInt16LE(16, 14)
    fmt.writeUInt16LE(3, 24)
    const size = Buffer.alloc(4)
    size.writeUInt32LE(40)
    const head = Buffer.concat([
      wavHead(KOKORO, 0).subarray(0, 12),
      Buffer.from('fmt '),
      size,
      fmt,
      wavHead(KOKORO, 8).subarray(36),
    ])
    const wav = readWavHead(head)
    expect(wav).toMatchObject({ format: { codec: 3, sampleRateHz: 16_000 } })
    expect(isPcm16((wav as { format: WavFormat }).format)).toBe(false)
  })

  it('cut anywhere asks for more, and is the same when it came', () => {
    const whole = withChunks(['LIST', Buffer.alloc(33)])
    fc.assert(
      fc.property(fc.nat(whole.length - 1), (at) => {
        expect(readWavHead(whole.subarray(0, at))).toBe(at === 0 ? undefined : 'more')
      }),
    )
    expect(readWavHead(whole)).toMatchObject({ sizeBytes: 1_000 })
  })

  it.each([
    ['an MP3', Buffer.from('ID3\u0004 and so on, and on')],
    ['an AVI', Buffer.from('RIFF\0\0\0\0AVI LIST\0\0\0\0')],
    [
      'samples before their format',
      Buffer.concat([wavHead(KOKORO, 4).subarray(0, 12), wavHead(KOKORO, 4).subarray(36)]),
    ],
    ['a head without end', withChunks(['LIST', Buffer.alloc(70_000)])],
  ])('is not found in %s', (_, bytes) => expect(readWavHead(bytes)).toBeUndefined())
})

describe('where two pieces meet', () => {
  const tone = (frames: number, channels = 1) => {
    const bytes = Buffer.alloc(frames * channels * 2)
    for (let n = 0; n < frames * channels; n += 1) bytes.writeInt16LE(20_000, n * 2)
    return bytes
  }
  const jumps = (bytes: Buffer) => {
    let most = 0
    for (let at = 2; at < bytes.length; at += 2)
      most = Math.max(most, Math.abs(bytes.readInt16LE(at) - bytes.readInt16LE(at - 2)))
    return most
  }

  it('there is no step of the wave, and not a sample more or less', () => {
    const [a, b] = [tone(2_400), tone(2_400).map((byte) => byte) as Buffer]
    for (let at = 0; at < b.length; at += 2) b.writeInt16LE(-20_000, at)
    expect(jumps(Buffer.concat([a, b]))).toBe(40_000)
    fadeSeams(a, KOKORO, { start: false, end: true })
    fadeSeams(b, KOKORO, { start: true, end: false })
    const joined = Buffer.concat([a, b])
    expect(joined).toHaveLength(9_600)
    expect(jumps(joined)).toBeLessThan(400)
    expect([a.readInt16LE(0), b.readInt16LE(b.length - 2)]).toEqual([20_000, -20_000])
  })

  it('channels stay side by side, and short pieces keep their middle', () => {
    const stereo = tone(2_400, 2)
    fadeSeams(stereo, { ...KOKORO, channels: 2 }, { start: true, end: true })
    for (let at = 0; at < stereo.length; at += 4)
      expect(stereo.readInt16LE(at)).toBe(stereo.readInt16LE(at + 2))
    const short = tone(3)
    fadeSeams(short, KOKORO, { start: true, end: true })
    expect([0, 2, 4].map((at) => short.readInt16LE(at))).toEqual([0, 20_000, 0])
    fadeSeams(Buffer.alloc(0), KOKORO, { start: true, end: true })
  })
})
