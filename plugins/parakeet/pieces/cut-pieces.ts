import { decode } from '../audio/ffmpeg.ts'
import type { OpenAudio } from '../audio/open-audio.ts'
import { swept } from '../upload/sweep.ts'
import { isCuttable } from './plan-pieces.ts'
import { quietest } from './quietest.ts'

/** Sound as 16-bit samples, as it comes. */
export interface Pcm {
  sampleRate: number
  channels: number
  samples: AsyncIterable<Buffer>
}

/** A stretch of it. */
export interface Piece {
  startS: number
  samples: Buffer
}

const RATE = 16_000
/** A cut is looked for in the last part of a piece: up to 30 s, at most a quarter of it. */
const LONGEST_SEARCH_S = 30

/** The samples of a file: decoded where ffmpeg is there, else those of a WAV file. */
export function pcmOf(
  { wav, content }: OpenAudio,
  { ffmpeg, signal }: { ffmpeg: string | undefined; signal: AbortSignal },
): Pcm | undefined {
  if (ffmpeg) {
    const samples = decode(ffmpeg, content, { sampleRate: RATE, signal })
    return { sampleRate: RATE, channels: 1, samples: swept(samples) }
  }
  if (!wav || !isCuttable({ wav })) return undefined
  const { sampleRate, channels, dataAt, dataBytes } = wav
  return { sampleRate, channels, samples: between(content, dataAt, dataBytes) }
}

/**
 * Cuts sound into pieces of at most so many bytes, at the quietest place near the end of each.
 * Together they are the whole, to the sample. All of them lie in one piece of memory, one after the
 * other: a piece is good until the next is asked for.
 */
export async function* cutPieces(
  { sampleRate, channels, samples }: Pcm,
  mostBytes: number,
): AsyncIterable<Piece> {
  const block = 2 * channels
  const most = Math.max(block, mostBytes - (mostBytes % block))
  const searched = Math.min(LONGEST_SEARCH_S * sampleRate, Math.floor(most / block / 4))
  const held = Buffer.allocUnsafeSlow(most)
  let heldBytes = 0
  let startBytes = 0
  const pieceOf = (bytes: number): Piece => ({
    startS: startBytes / block / sampleRate,
    samples: held.subarray(0, bytes),
  })
  for await (const part of samples) {
    for (let taken = 0; taken < part.byteLength; ) {
      const copied = part.copy(held, heldBytes, taken)
      taken += copied
      heldBytes += copied
      if (heldBytes < most) continue
      const to = most / block
      const cut =
        quietest(samplesOf(held), { channels, sampleRate, from: to - searched, to }) * block
      yield pieceOf(cut)
      held.copyWithin(0, cut, most)
      startBytes += cut
      heldBytes -= cut
    }
  }
  if (heldBytes > 0) yield pieceOf(heldBytes)
}

const samplesOf = (bytes: Buffer): Int16Array =>
  new Int16Array(bytes.buffer, bytes.byteOffset, Math.floor(bytes.byteLength / 2))

async function* between(
  content: AsyncIterable<Buffer>,
  from: number,
  length: number | undefined,
): AsyncIterable<Buffer> {
  const to = length === undefined ? Number.POSITIVE_INFINITY : from + length
  let at = 0
  for await (const part of content) {
    const begin = Math.min(Math.max(0, from - at), part.byteLength)
    const end = Math.min(part.byteLength, to - at)
    at += part.byteLength
    // what stands behind the sound is read and left out, so that the form can end
    if (end > begin) yield part.subarray(begin, end)
  }
}
