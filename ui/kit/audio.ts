/** What is drawn of a sound: the loudest moment of each of its equal parts, 0 to 1. */
export type Peaks = readonly number[]

const PEAKS = 400
/** Decoding needs about ten times the file's size, and all of it at once. */
const MOST_BYTES = 40 * 1024 * 1024

/** The peaks of samples from -1 to 1, or of 16 bits. */
export function peaksOf(samples: Float32Array | Int16Array, parts = PEAKS): number[] {
  const scale = samples instanceof Int16Array ? 32_768 : 1
  const count = Math.min(parts, samples.length)
  return Array.from({ length: count }, (_, part) => {
    const end = Math.floor(((part + 1) * samples.length) / count)
    let most = 0
    for (let at = Math.floor((part * samples.length) / count); at < end; at += 1)
      most = Math.max(most, Math.abs(samples[at] ?? 0))
    return Math.min(1, most / scale)
  })
}

/** The peaks of a file of audio; undefined where it is too large or the browser cannot read it. */
export async function readPeaks(file: Blob): Promise<number[] | undefined> {
  if (file.size > MOST_BYTES || typeof OfflineAudioContext === 'undefined') return undefined
  try {
    const bytes = await file.arrayBuffer()
    const decoded = await new OfflineAudioContext(1, 1, 16_000).decodeAudioData(bytes)
    return peaksOf(decoded.getChannelData(0))
  } catch {
    return undefined // no audio it knows: the server may, and what is drawn is only a picture
  }
}

/** `1:05`, `1:02:03`. */
export function formatClock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds))
  const two = (value: number) => String(value).padStart(2, '0')
  const hours = Math.floor(whole / 3600)
  const minutes = Math.floor(whole / 60) % 60
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`
}
