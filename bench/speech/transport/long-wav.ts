import { wavHead } from '../../../plugins/parakeet/audio/wav-header.ts'

const RATE = 16_000
const PART_S = 4

/** Bytes of a WAV file of so many seconds: 16-bit mono at 16 kHz. */
export const wavBytes = (seconds: number): number => 44 + seconds * RATE * 2

/** Its content as it is made: four seconds of hum, each with half a second of rest. */
export function* longWav(seconds: number): Generator<Buffer> {
  yield wavHead({ sampleRate: RATE, channels: 1 }, seconds * RATE * 2)
  const part = Buffer.from(
    Int16Array.from({ length: PART_S * RATE }, (_, at) =>
      at > (PART_S - 0.5) * RATE ? 0 : Math.round(8_000 * Math.sin((at / RATE) * 1_400)),
    ).buffer,
  )
  for (let left = seconds * RATE * 2; left > 0; left -= part.byteLength)
    yield part.subarray(0, Math.min(left, part.byteLength))
}
