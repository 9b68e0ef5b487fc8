/** Chance that can be repeated: the same seed gives the same choices. */
export interface Chance {
  /** 0 to 1. */
  next(): number
  below(count: number): number
  is(share: number): boolean
  pick<T>(list: readonly T[]): T
}

/** Mulberry32. */
export function makeChance(seed: number): Chance {
  let state = seed | 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  const below = (count: number): number => Math.floor(next() * count)
  return {
    next,
    below,
    is: (share) => next() < share,
    pick(list) {
      const picked = list[below(list.length)]
      if (picked === undefined) throw new Error('nothing to pick from')
      return picked
    },
  }
}

/** Makes words that sound like the given ones, letter by letter after the two before. */
export function inventor(words: readonly string[], chance: Chance): () => string {
  const after = new Map<string, string[]>()
  for (const word of words) {
    const padded = `^^${word.toLowerCase()}$`
    for (let i = 2; i < padded.length; i++) {
      const key = padded.slice(i - 2, i)
      const list = after.get(key) ?? []
      list.push(padded.charAt(i))
      after.set(key, list)
    }
  }
  return () => {
    for (;;) {
      let word = '^^'
      while (word.length < 16 && !word.endsWith('$'))
        word += chance.pick(after.get(word.slice(-2)) ?? ['$'])
      const letters = word.replace(/[$^]/g, '')
      if (letters.length > 2 && letters.length < 13)
        return letters.charAt(0).toUpperCase() + letters.slice(1)
    }
  }
}
