import type { Sample, Service } from '#core'
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
        writeWav(murmur(n)),
        Buffer.from(`\r\n--${BOUNDARY}--\r\n`),
      ]),
  }
}

const part = (name: string, value: string): Buffer =>
  Buffer.from(`--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`)

/** Another voice for each n: a tone with its harmonics, louder and softer by the syllable. */
function murmur(n: number): Int16Array {
  const pitchHz = 90 + (n % 60) * 2
  return Int16Array.from({ length: SECONDS * RATE }, (_, at) => {
    const s = at / RATE
    const voice = [1, 2, 3, 5].reduce(
      (sum, k) => sum + Math.sin(2 * Math.PI * pitchHz * k * s) / k,
      0,
    )
    return 6_000 * voice * Math.sin(Math.PI * SYLLABLES * s) ** 2
  })
}

function writeWav(samples: Int16Array): Buffer {
  const head = Buffer.alloc(44)
  head.write('RIFF', 0, 'latin1')
  head.writeUInt32LE(36 + samples.byteLength, 4)
  head.write('WAVEfmt ', 8, 'latin1')
  head.writeUInt32LE(16, 16)
  head.writeUInt16LE(1, 20)
  head.writeUInt16LE(1, 22)
  head.writeUInt32LE(RATE, 24)
  head.writeUInt32LE(RATE * 2, 28)
  head.writeUInt16LE(2, 32)
  head.writeUInt16LE(16, 34)
  head.write('data', 36, 'latin1')
  head.writeUInt32LE(samples.byteLength, 40)
  return Buffer.concat([head, Buffer.from(samples.buffer)])
}
