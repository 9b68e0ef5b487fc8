/** Reproducible chance. */
export interface Chance {
  /** From 0 to below 1. */
  uniform(): number
  /** Of mean 0 and deviation 1. */
  gauss(): number
}

/** Mulberry32, and Box and Muller's way to a Gaussian. */
export function createChance(seed: number): Chance {
  let state = seed >>> 0
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const gauss = (): number =>
    Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform())
  return { uniform, gauss }
}
