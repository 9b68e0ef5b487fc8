import { readFileSync } from 'node:fs'
import { brotliDecompressSync } from 'node:zlib'
import { hashWord } from '../tagger/tokens.ts'

/** What is known of a word; `common` and `frequent` are levels of its use. */
export const KNOWN = {
  /** It stands in a dictionary of English. */
  word: 1,
  /** Among the 12,000 most used ones. */
  common: 2,
  /** Among the 4,500 most used ones. */
  frequent: 4,
  firstName: 8,
  lastName: 16,
  place: 32,
  /** A people, a faith or a party, or what belongs to one. */
  group: 64,
} as const

export const NAME = KNOWN.firstName | KNOWN.lastName | KNOWN.place

export interface Lexicon {
  /** Flags of `KNOWN` by a token's hash; 0 for a word nobody knows. */
  flags(hash: number): number
}

/** Hash to flags in an open table; two of 100,000 words share a hash about once in ten lexicons. */
export function makeLexicon(entries: Iterable<readonly [word: string, flags: number]>): Lexicon {
  const hashes = new Int32Array(SLOTS)
  const values = new Uint8Array(SLOTS)
  for (const [word, flags] of entries) {
    const hash = hashWord(word)
    let slot = hash & (SLOTS - 1)
    while (values[slot] !== 0 && hashes[slot] !== hash) slot = (slot + 1) & (SLOTS - 1)
    hashes[slot] = hash
    values[slot] = (values[slot] ?? 0) | flags
  }
  return {
    flags(hash) {
      let slot = hash & (SLOTS - 1)
      while (values[slot] !== 0) {
        if (hashes[slot] === hash) return values[slot] ?? 0
        slot = (slot + 1) & (SLOTS - 1)
      }
      return 0
    },
  }
}

/** Four times as many places as words. */
const SLOTS = 1 << 19

/** Lines of `<shared letters> <rest> <flags>`, each word after the one before it in the alphabet. */
export function parseLexicon(text: string): [string, number][] {
  let last = ''
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [shared, rest = '', flags] = line.split(' ')
      last = last.slice(0, Number(shared)) + rest
      return [last, Number(flags)]
    })
}

let loaded: Lexicon | undefined

/** Read once a process; `lexicon.br` is made by `bench/redaction/train/lexicon.ts`. */
export function lexicon(): Lexicon {
  loaded ??= makeLexicon(
    parseLexicon(
      brotliDecompressSync(readFileSync(new URL('lexicon.br', import.meta.url))).toString('utf8'),
    ),
  )
  return loaded
}
