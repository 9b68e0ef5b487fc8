const FRAME_S = 0.02
/** A pause between words is longer than the closure of a consonant. */
const PAUSE_FRAMES = 15

/**
 * Where it is quietest between two samples, for a cut that goes through no word: the middle of the
 * 300 ms with the least energy, all channels together. Times and result in samples of one channel.
 */
export function quietest(
  samples: Int16Array,
  {
    channels,
    sampleRate,
    from,
    to,
  }: { channels: number; sampleRate: number; from: number; to: number },
): number {
  const frame = Math.max(1, Math.round(FRAME_S * sampleRate))
  const energies: number[] = []
  for (let at = from; at + frame <= to; at += frame) {
    let energy = 0
    for (let index = at * channels; index < (at + frame) * channels; index += 1) {
      const sample = samples[index] as number
      energy += sample * sample
    }
    energies.push(energy)
  }
  const width = Math.min(PAUSE_FRAMES, energies.length)
  if (width === 0) return to
  let sum = energies.slice(0, width).reduce((total, energy) => total + energy, 0)
  let best = { sum, first: 0 }
  for (let first = 1; first + width <= energies.length; first += 1) {
    sum += (energies[first + width - 1] as number) - (energies[first - 1] as number)
    // of equals the last, so that silence makes pieces long
    if (sum <= best.sum) best = { sum, first }
  }
  return from + Math.round((best.first + width / 2) * frame)
}
