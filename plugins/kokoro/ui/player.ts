import { SAMPLE_RATE_HZ } from './stream-speech.ts'

/** Plays samples while more of them come. */
export interface Player {
  push(samples: Int16Array): void
  stop(): void
}

/** A little ahead, so that a piece that comes late is not a gap. */
const AHEAD_S = 0.15

/** Must be made in the press of a button, since browsers let no page make a sound by itself. */
export function createPlayer(): Player {
  if (typeof AudioContext === 'undefined') return { push() {}, stop() {} }
  const context = new AudioContext()
  let nextS = 0
  return {
    push(samples) {
      if (context.state === 'closed') return
      const buffer = context.createBuffer(1, samples.length, SAMPLE_RATE_HZ)
      const channel = buffer.getChannelData(0)
      for (const [at, sample] of samples.entries()) channel[at] = sample / 32_768
      const source = context.createBufferSource()
      source.buffer = buffer
      source.connect(context.destination)
      nextS = Math.max(nextS, context.currentTime + AHEAD_S)
      source.start(nextS)
      nextS += buffer.duration
    },
    stop() {
      if (context.state !== 'closed') void context.close()
    },
  }
}
