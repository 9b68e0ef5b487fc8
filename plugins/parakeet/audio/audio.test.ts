import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { wavOf } from '../testing/audio.ts'
import { decode, findProgram } from './ffmpeg.ts'
import { measureWav } from './measure.ts'
import { openAudio } from './open-audio.ts'
import { sniff } from './sniff.ts'
import { readWavHeader, type WavHeader } from './wav-header.ts'

const latin = (text: string) => Buffer.from(text.padEnd(64, '\0'), 'latin1')

async function* inParts(bytes: Buffer, size: number): AsyncIterable<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function collect(content: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of content) parts.push(part)
  return Buffer.concat(parts)
}

describe('a file is told by its first bytes', () => {
  it.each([
    ['RIFF....WAVEfmt ', 'wav'],
    ['RF64....WAVEds64', 'wav'],
    ['ID3\x04', 'mp3'],
    ['\xff\xfb\x90\x64', 'mp3'],
    ['\xff\xf1\x50\x80', 'aac'],
    ['fLaC', 'flac'],
    ['OggS', 'ogg'],
    ['\0\0\0\x20ftypM4A ', 'mp4'],
    ['\x1a\x45\xdf\xa3', 'webm'],
    ['FORM....AIFF', 'aiff'],
    ['#!AMR\n', 'amr'],
  ])('%j is audio', (text, type) => {
    expect(sniff(latin(text))).toEqual({ audio: type })
  })

  it.each([
    ['\x89PNG'],
    ['\xff\xd8\xff\xe0'],
    ['%PDF-1.7'],
    ['PK\x03\x04'],
    ['\x7fELF'],
    ['\x1f\x8b'],
  ])('%j is none', (text) => expect(sniff(latin(text))).toHaveProperty('no'))

  it('text is none, and what nobody knows is left to the server', () => {
    expect(sniff(Buffer.from('{"file": "no audio at all"}'))).toEqual({ no: 'text' })
    expect(sniff(Buffer.from([1, 2, 3, 200, 4]))).toBe('unknown')
    // a WAVE that is a RIFF of another kind
    expect(sniff(latin('RIFF....AVI LIST'))).toBe('unknown')
  })
})

describe('a WAV file', () => {
  const wav = wavOf([[1.5, 0.2]], 8_000)

  it('whose head has thirty thousand chunks is read, sent byte by byte too', async () => {
    const chunk = Buffer.from('note\0\0\0\0', 'latin1')
    const chunks = Array.from({ length: 30_000 }, () => chunk)
    const long = Buffer.concat([wav.subarray(0, 12), ...chunks, wav.subarray(12)])
    const { content } = await openAudio(inParts(long, 1))
    expect((await collect(content)).equals(long)).toBe(true)
  })

  it('is read whatever stands before its sound', () => {
    const list = Buffer.concat([Buffer.from('LIST\x05\0\0\0abcde\0', 'latin1')])
    const with2 = Buffer.concat([wav.subarray(0, 36), list, wav.subarray(36)])
    expect(readWavHeader(with2)).toMatchObject({
      ...{ format: 1, channels: 1, sampleRate: 8_000, blockBytes: 2, bytesPerSecond: 16_000 },
      ...{ dataAt: 44 + list.length, dataBytes: 24_000 },
    })
  })

  it('has as much sound as passed, however much its head promises', async () => {
    for (const [promised, passed, seconds] of [
      [24_000, 24_044, 1.5],
      [0, 24_044, 1.5],
      [0xffffffff, 24_044, 1.5],
      [24_000, 8_044, 0.5],
      [16_000, 24_044, 1],
    ] as const) {
      const own = Buffer.from(wav.subarray(0, passed))
      own.writeUInt32LE(promised, 40)
      const header = readWavHeader(own) as WavHeader
      const measured = measureWav(inParts(own, 777), header)
      expect((await collect(measured.content)).equals(own)).toBe(true)
      expect(measured.seconds()).toBeCloseTo(seconds)
    }
  })

  it('that is none is told, and none hangs or throws, whatever is in it', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.nat(60), (noise, at) => {
        const own = Buffer.concat([wav.subarray(0, at), noise])
        const read = readWavHeader(own)
        if (typeof read === 'object' && 'channels' in read) {
          expect(read.bytesPerSecond).toBeGreaterThan(0)
          expect(read.dataAt).toBeGreaterThan(0)
        }
      }),
      { numRuns: 2000 },
    )
  })
})

it('opens a file of any cut and gives all of it back', async () => {
  const wav = wavOf([[0.3, 0.5]])
  for (const size of [1, 13, 64, 5000]) {
    const audio = await openAudio(inParts(wav, size))
    expect(audio.type).toBe('wav')
    expect((await collect(audio.content)).equals(wav)).toBe(true)
  }
})

it('finds a program on the path, and none that is not there', () => {
  expect(findProgram('sh')).toMatch(/\/sh$/)
  expect(findProgram('no-such-program-of-ours')).toBeUndefined()
  expect(findProgram('sh', '')).toBeUndefined()
})

it('takes nothing for whole that a decoder gave before it was killed', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'decoder-'))
  const program = join(folder, 'ffmpeg')
  await writeFile(program, '#!/bin/sh\nprintf sound\nkill -9 $$\n', { mode: 0o755 })
  const { signal } = new AbortController()
  const decoded = decode(program, inParts(Buffer.alloc(9), 9), { sampleRate: 8_000, signal })
  await expect(collect(decoded)).rejects.toMatchObject({ code: 'SPEECH_FAILED' })
  await rm(folder, { recursive: true })
})
