import { wavHead } from '../audio/wav-header.ts'

/** A WAV file of 16-bit mono tones and silences: [seconds, loudness 0 to 1] one after the other. */
export function wavOf(
  parts: readonly (readonly [seconds: number, loudness: number])[],
  sampleRate = 16_000,
): Buffer {
  const samples = parts.flatMap(([seconds, loudness]) =>
    Array.from({ length: Math.round(seconds * sampleRate) }, (_, at) =>
      Math.round(loudness * 32_000 * Math.sin((at / sampleRate) * 2 * Math.PI * 220)),
    ),
  )
  const sound = Buffer.from(Int16Array.from(samples).buffer)
  return Buffer.concat([wavHead({ sampleRate, channels: 1 }, sound.byteLength), sound])
}

/** A form with these fields, in this order; a Buffer is the file. */
export function formOf(parts: readonly (readonly [name: string, value: string | Buffer])[]): {
  body: Buffer
  type: string
} {
  const boundary = 'test-boundary'
  const chunks = parts.flatMap(([name, value]) => {
    const file = typeof value === 'string' ? '' : '; filename="talk.wav"\r\nContent-Type: audio/wav'
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${file}\r\n\r\n`
    return [Buffer.from(head), Buffer.from(value), Buffer.from('\r\n')]
  })
  return {
    body: Buffer.concat([...chunks, Buffer.from(`--${boundary}--\r\n`)]),
    type: `multipart/form-data; boundary=${boundary}`,
  }
}
