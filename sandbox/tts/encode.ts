import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Readable } from 'node:stream'
import { SAMPLE_RATE_HZ } from './speech-engine.ts'

export const TYPES = {
  mp3: 'audio/mpeg',
  opus: 'audio/opus',
  aac: 'audio/aac',
  flac: 'audio/flac',
  wav: 'audio/wav',
  pcm: 'audio/pcm',
} as const
export type Format = keyof typeof TYPES

const FFMPEG: Partial<Record<Format, readonly string[]>> = {
  mp3: ['-f', 'mp3', '-b:a', '128k'],
  opus: ['-c:a', 'libopus', '-f', 'ogg'],
  aac: ['-c:a', 'aac', '-f', 'adts'],
  flac: ['-f', 'flac'],
}

/**
 * Samples in a format. wav and pcm are written here; the others by ffmpeg, as the original does it by
 * libav. Rejects before the first byte when there is no encoder.
 */
export async function encode(
  format: Format,
  samples: AsyncIterable<Int16Array>,
  sizeBytes: number | null,
  signal: AbortSignal,
): Promise<AsyncIterable<Buffer>> {
  const args = FFMPEG[format]
  if (args) return runFfmpeg(args, samples, signal)
  return plain(format === 'wav' ? wavHead(sizeBytes) : undefined, samples)
}

/** A head for samples of so many bytes; a stream that does not know says the most there can be. */
export function wavHead(sizeBytes: number | null): Buffer {
  const head = Buffer.alloc(44)
  head.write('RIFF', 0)
  head.writeUInt32LE(sizeBytes === null ? 0xffffffff : 36 + sizeBytes, 4)
  head.write('WAVEfmt ', 8)
  head.writeUInt32LE(16, 16)
  head.writeUInt16LE(1, 20)
  head.writeUInt16LE(1, 22)
  head.writeUInt32LE(SAMPLE_RATE_HZ, 24)
  head.writeUInt32LE(SAMPLE_RATE_HZ * 2, 28)
  head.writeUInt16LE(2, 32)
  head.writeUInt16LE(16, 34)
  head.write('data', 36)
  head.writeUInt32LE(sizeBytes ?? 0xffffffff, 40)
  return head
}

export const bytesOf = (samples: Int16Array): Buffer =>
  Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength)

async function* plain(
  head: Buffer | undefined,
  samples: AsyncIterable<Int16Array>,
): AsyncIterable<Buffer> {
  if (head) yield head
  for await (const part of samples) yield bytesOf(part)
}

async function runFfmpeg(
  args: readonly string[],
  samples: AsyncIterable<Int16Array>,
  signal: AbortSignal,
): Promise<AsyncIterable<Buffer>> {
  const input = ['-f', 's16le', '-ar', `${SAMPLE_RATE_HZ}`, '-ac', '1', '-i', 'pipe:0']
  const child = spawn(
    'ffmpeg',
    ['-v', 'error', ...input, ...args, '-flush_packets', '1', 'pipe:1'],
    {
      stdio: ['pipe', 'pipe', 'ignore'],
      signal,
      killSignal: 'SIGKILL',
    },
  )
  child.stdin.on('error', () => {}) // it ended early; its output ends as well
  await once(child, 'spawn')
  child.on('error', () => {}) // killed by the signal: whoever reads is gone
  const source = Readable.from(
    (async function* () {
      for await (const part of samples) yield bytesOf(part)
    })(),
  )
  source.on('error', () => child.kill('SIGKILL'))
  source.pipe(child.stdin)
  return child.stdout
}
