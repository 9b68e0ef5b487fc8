import type { Sample, Service } from '#core'
import { wavHead } from './audio/wav-header.ts'
import type { Settings } from './settings.ts'

const SECONDS = 15
const RATE = 16_000
const BOUNDARY = 'spark-control-sample'
/** Syllables a second of somebody who talks. */
const SYLLABLES = 4

/**
 * A quarter of a minute with the loudness of speech. It says nothing; what a decode costs hangs on how
 * long the audio is.
 */
export async function speechSample({ settings }: Service<Settings>): Promise<Sample> {
  const [model = ''] = settings.models
  return {
    title: `recordings of ${SECONDS} s`,
    path: settings.path,
    headers: { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` },
    body: (n) =>
      Buffer.concat([
        part('model', settings.server_model ?? model),
        Buffer.from(
          `--${BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="sample.wav"\r\nContent-Type: audio/wav\r\n\r\n`,
        ),
        wavHead({ sampleRate: RATE, channels: 1 }, SECONDS * RATE * 2),
        murmur(n),
        Buffer.from(`\r\n--${BOUNDARY}--\r\n`),
      ]),
  }
}

const part = (name: string, value: string): Buffer =>
  Buffer.from(`--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`)

/** 16-bit samples, another voice for each n: a tone with its harmonics, louder and softer by the syllable. */
function murmur(n: number): Buffer {
  const pitchHz = 90 + (n % 60) * 2
  const samples = Int16Array.from({ length: SECONDS * RATE }, (_, at) => {
    const s = at / RATE
    const voice = [1, 2, 3, 5].reduce(
      (sum, k) => sum + Math.sin(2 * Math.PI * pitchHz * k * s) / k,
      0,
    )
    return 6_000 * voice * Math.sin(Math.PI * SYLLABLES * s) ** 2
  })
  return Buffer.from(samples.buffer)
}
