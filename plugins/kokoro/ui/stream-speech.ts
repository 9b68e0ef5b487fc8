import { CallError, open } from '#ui'

/** How `pcm` comes: so many samples a second, 16 bits, one channel. */
export const SAMPLE_RATE_HZ = 24_000

export interface SpeechWish {
  input: string
  voice: string
  speed: number
}

/** Asks for speech and gives its samples as they are made. Throws CallError. */
export async function* streamSpeech(
  wish: SpeechWish,
  signal: AbortSignal,
): AsyncGenerator<Int16Array<ArrayBuffer>> {
  const { body } = await open('POST /v1/audio/speech', {
    body: { ...wish, response_format: 'pcm' },
    signal,
  })
  const reader = (body ?? new ReadableStream<Uint8Array>()).getReader()
  let rest: Uint8Array = new Uint8Array()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      const bytes = new Uint8Array(rest.length + value.length)
      bytes.set(rest)
      bytes.set(value, rest.length)
      // a sample may be cut in two by the network
      const whole = bytes.length - (bytes.length % 2)
      rest = bytes.subarray(whole)
      if (whole > 0) yield new Int16Array(bytes.slice(0, whole).buffer)
    }
  } catch (thrown) {
    if (signal.aborted) throw thrown
    throw new CallError(502, {
      code: 'upstream_failed',
      message: 'The speech broke off before its end.',
      hint: 'Try again, or look at the log of the service.',
    })
  } finally {
    await reader.cancel().catch(() => {}) // it has ended, in whatever way
  }
}

/** Samples as a file any player takes. */
export function wavFile(parts: readonly Int16Array<ArrayBuffer>[]): Blob {
  const sizeBytes = parts.reduce((sum, part) => sum + part.byteLength, 0)
  const head = new DataView(new ArrayBuffer(44))
  const write = (at: number, text: string) => {
    for (const [n, letter] of [...text].entries()) head.setUint8(at + n, letter.charCodeAt(0))
  }
  write(0, 'RIFF')
  head.setUint32(4, 36 + sizeBytes, true)
  write(8, 'WAVEfmt ')
  head.setUint32(16, 16, true)
  head.setUint16(20, 1, true)
  head.setUint16(22, 1, true)
  head.setUint32(24, SAMPLE_RATE_HZ, true)
  head.setUint32(28, SAMPLE_RATE_HZ * 2, true)
  head.setUint16(32, 2, true)
  head.setUint16(34, 16, true)
  write(36, 'data')
  head.setUint32(40, sizeBytes, true)
  return new Blob([head.buffer, ...parts], { type: 'audio/wav' })
}
