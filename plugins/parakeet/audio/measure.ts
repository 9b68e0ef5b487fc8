import { decode } from './ffmpeg.ts'
import type { OpenAudio } from './open-audio.ts'
import type { WavHeader } from './wav-header.ts'

/** Audio that is measured while it passes. */
export interface Measured {
  content: AsyncIterable<Buffer>
  /** Length in seconds of what passed; to be asked at the end. */
  seconds(): number
}

/** Counts the sound of a WAV file on its way, whatever its head promises. */
export function measureWav(content: AsyncIterable<Buffer>, wav: WavHeader): Measured {
  let passedBytes = 0
  return {
    content: counted(content, (bytes) => {
      passedBytes += bytes
    }),
    seconds() {
      const sound = Math.max(0, passedBytes - wav.dataAt)
      return Math.min(sound, wav.dataBytes ?? sound) / wav.bytesPerSecond
    },
  }
}

const RATE = 8_000

/** Length in seconds of what can be decoded of any other audio; undefined where nothing can. */
export async function measureDecoded(
  program: string,
  content: AsyncIterable<Buffer>,
  signal: AbortSignal,
): Promise<number | undefined> {
  let sizeBytes = 0
  try {
    for await (const part of decode(program, content, { sampleRate: RATE, signal }))
      sizeBytes += part.byteLength
  } catch {
    // no audio it knows, or audio it cannot read without going back in it: the server may
    return undefined
  }
  return sizeBytes / 2 / RATE
}

/** Length in seconds as the head of a WAV file promises it. */
export const promisedSeconds = ({ wav }: Pick<OpenAudio, 'wav'>): number | undefined =>
  wav?.dataBytes === undefined ? undefined : wav.dataBytes / wav.bytesPerSecond

async function* counted(
  content: AsyncIterable<Buffer>,
  take: (bytes: number) => void,
): AsyncIterable<Buffer> {
  for await (const part of content) {
    take(part.byteLength)
    yield part
  }
}
