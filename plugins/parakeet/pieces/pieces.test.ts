import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ControlError } from '#core'
import { readWavHeader, type WavHeader } from '../audio/wav-header.ts'
import { wavOf } from '../testing/audio.ts'
import { cutPieces, type Piece, pcmOf } from './cut-pieces.ts'
import { joinPieces } from './join-pieces.ts'
import { planPieces } from './plan-pieces.ts'
import { quietest } from './quietest.ts'

async function* inParts(bytes: Buffer, size: number): AsyncIterable<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

const wavHeader = (bytes: Buffer) => readWavHeader(bytes) as WavHeader
const signal = new AbortController().signal

async function piecesOf(wav: Buffer, mostBytes: number, partBytes: number): Promise<Piece[]> {
  const audio = { type: 'wav' as const, wav: wavHeader(wav), content: inParts(wav, partBytes) }
  const pcm = pcmOf(audio, { ffmpeg: undefined, signal })
  if (!pcm) throw new Error('it cannot be cut')
  const pieces: Piece[] = []
  for await (const { startS, samples } of cutPieces(pcm, mostBytes))
    pieces.push({ startS, samples: Buffer.from(samples) })
  return pieces
}

describe('pieces of a sound', () => {
  it('are the whole together, to the sample, none too large, however it came', async () => {
    const sound = fc.uint8Array({ minLength: 2, maxLength: 4000 }).map((bytes) => {
      const even = Buffer.from(bytes.subarray(0, bytes.length - (bytes.length % 2)))
      return Buffer.concat([wavOf([], 100), even])
    })
    const sizes = fc.integer({ min: 2, max: 900 })
    await fc.assert(
      fc.asyncProperty(sound, sizes, sizes, async (wav, most, part) => {
        const pieces = await piecesOf(wav, most, part)
        expect(Buffer.concat(pieces.map(({ samples }) => samples)).equals(wav.subarray(44))).toBe(
          true,
        )
        let at = 0
        for (const { startS, samples } of pieces) {
          expect(samples.byteLength).toBeLessThanOrEqual(most)
          expect(startS).toBeCloseTo(at / 2 / 100)
          at += samples.byteLength
        }
      }),
    )
  })

  it('end in the pauses', async () => {
    // a second of tone, half a second of rest, ten times
    const wav = wavOf(
      Array.from({ length: 20 }, (_, at) => (at % 2 === 0 ? [1, 0.4] : [0.5, 0.001])),
    )
    const pieces = await piecesOf(wav, 6 * 32_000, 10_000)
    expect(pieces.length).toBeGreaterThan(2)
    for (const { startS } of pieces.slice(1)) {
      expect(startS % 1.5).toBeGreaterThan(1.05)
      expect(startS % 1.5).toBeLessThan(1.45)
    }
  })
})

it('finds the quietest place of two channels together', () => {
  const samples = Int16Array.from({ length: 2 * 4000 }, (_, at) => {
    const time = Math.floor(at / 2)
    const isLeft = at % 2 === 0
    // the left is silent for long, both only shortly
    const isQuiet = isLeft ? time > 1000 && time < 3000 : time > 2000 && time < 2400
    return isQuiet ? 0 : 5000
  })
  const cut = quietest(samples, { channels: 2, sampleRate: 1000, from: 0, to: 4000 })
  expect(cut).toBeGreaterThan(2100)
  expect(cut).toBeLessThan(2300)
})

describe('whether a file has to be cut', () => {
  const wav = wavHeader(wavOf([[20, 0.1]]))
  const limits = { max_upload: '1m', max_audio: '10s' }
  const of = (given: Partial<Parameters<typeof planPieces>[1]>, settings: object = limits) => {
    const ahead = { audio: { type: 'mp3' as const }, sizeBytes: 5_000, hasFfmpeg: false, ...given }
    const plan = planPieces(settings as typeof limits, ahead)
    return plan instanceof ControlError ? plan.code : plan
  }
  const streamed = { type: 'wav' as const, wav: { ...wav, dataBytes: undefined } }
  const floats = { type: 'wav' as const, wav: { ...wav, format: 3, bitsPerSample: 32 } }

  it.each([
    ['a small one', {}, 'whole'],
    ['one that may be longer, as nobody can say', { sizeBytes: 90_000 }, 'whole'],
    [
      'one that may be longer, where it can be decoded',
      { sizeBytes: 90_000, hasFfmpeg: true },
      'pieces',
    ],
    ['one in chunks, where it can be decoded', { sizeBytes: undefined, hasFfmpeg: true }, 'pieces'],
    ['one that is too large', { sizeBytes: 2_000_000 }, 'PAYLOAD_TOO_LARGE'],
    [
      'one that is too large, where it can be decoded',
      { sizeBytes: 2_000_000, hasFfmpeg: true },
      'pieces',
    ],
    ['a long WAV', { audio: { type: 'wav', wav } }, 'pieces'],
    ['a long WAV whose head has no length', { audio: streamed, sizeBytes: 640_044 }, 'pieces'],
    ['a short WAV whose head has no length', { audio: streamed, sizeBytes: 32_044 }, 'whole'],
    ['a long WAV of another format', { audio: floats }, 'AUDIO_TOO_LONG'],
  ] as const)('%s: %s', (_, given, plan) => {
    expect(of(given as Partial<Parameters<typeof planPieces>[1]>)).toBe(plan)
  })

  it('never if its server has no limit but one of size', () => {
    expect(of({ audio: { type: 'wav', wav }, hasFfmpeg: true }, { max_upload: '1m' })).toBe('whole')
  })
})

it('joins nothing to nothing', () => {
  expect(joinPieces([])).toEqual({ text: '', words: [], segments: [], length: null, turns: [] })
})
