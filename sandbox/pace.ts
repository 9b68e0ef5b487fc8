import { setTimeout as wait } from 'node:timers/promises'

/** Simulated time: every wait of the sandbox goes through it. */
export interface Pace {
  /** How many times faster than a real cluster. */
  readonly speed: number
  /** Waits `ms` of simulated time; rejects with the reason when the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
  /** Lets no time pass in waits that begin during `work`. */
  skip<T>(work: () => Promise<T>): Promise<T>
}

// Beyond it a timer fires at once.
const LONGEST_MS = 2 ** 31 - 1

/** Pace at `speed` times the real one; every wait ends early when `closing` aborts. */
export function createPace(speed: number, closing: AbortSignal): Pace {
  let isSkipping = false
  return {
    speed,
    async sleep(ms, signal) {
      const either = signal ? AbortSignal.any([signal, closing]) : closing
      await wait(isSkipping ? 0 : Math.min(ms / speed, LONGEST_MS), undefined, { signal: either })
    },
    async skip(work) {
      isSkipping = true
      try {
        return await work()
      } finally {
        isSkipping = false
      }
    },
  }
}

/** Reproducible random numbers in [0, 1) (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** Random hexadecimal digits. */
export function randomHex(random: () => number, digits: number): string {
  let text = ''
  while (text.length < digits) text += Math.floor(random() * 16).toString(16)
  return text
}
