/** A WAV file of one tone: 16-bit mono at 16 kHz. */
export function toneWav(seconds: number): Buffer {
  const rate = 16_000
  const samples = Int16Array.from({ length: seconds * rate }, (_, at) =>
    Math.round(8_000 * Math.sin((at / rate) * 2 * Math.PI * 220)),
  )
  const sound = Buffer.from(samples.buffer)
  const head = Buffer.alloc(44)
  head.write('RIFF', 0, 'latin1')
  head.writeUInt32LE(36 + sound.byteLength, 4)
  head.write('WAVEfmt ', 8, 'latin1')
  for (const [at, value] of [
    [16, 16],
    [24, rate],
    [28, rate * 2],
    [40, sound.byteLength],
  ] as const)
    head.writeUInt32LE(value, at)
  for (const [at, value] of [
    [20, 1],
    [22, 1],
    [32, 2],
    [34, 16],
  ] as const)
    head.writeUInt16LE(value, at)
  head.write('data', 36, 'latin1')
  return Buffer.concat([head, sound])
}
