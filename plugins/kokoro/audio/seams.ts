import { frameBytesOf, type WavFormat } from './wav.ts'

/** Long enough to hide a step of the wave, too short to be heard as a fade. */
const FADE_MS = 4

/** Which ends of a piece meet another one. */
export interface Seams {
  start: boolean
  end: boolean
}

/**
 * Takes the clicks out of 16-bit PCM where pieces meet: two waves cut anywhere make a step, so both
 * run to zero over a few milliseconds. Nothing is added or left out. Changes `samples`.
 */
export function fadeSeams(samples: Buffer, format: WavFormat, seams: Seams): void {
  const frameBytes = frameBytesOf(format)
  const frames = Math.floor(samples.length / frameBytes)
  const fadeFrames = Math.min(
    Math.round((format.sampleRateHz * FADE_MS) / 1000),
    Math.floor(frames / 2),
  )
  for (let frame = 0; frame < fadeFrames; frame += 1) {
    // a raised cosine: no corner at either end
    const gain = 0.5 - 0.5 * Math.cos((Math.PI * frame) / fadeFrames)
    if (seams.start) scale(samples, frame * frameBytes, format.channels, gain)
    if (seams.end) scale(samples, (frames - 1 - frame) * frameBytes, format.channels, gain)
  }
}

function scale(samples: Buffer, at: number, channels: number, gain: number): void {
  for (let channel = 0; channel < channels; channel += 1) {
    const byte = at + channel * 2
    samples.writeInt16LE(Math.round(samples.readInt16LE(byte) * gain), byte)
  }
}
