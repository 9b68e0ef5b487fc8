import { readFileSync } from 'node:fs'
import { brotliDecompressSync } from 'node:zlib'
import { EMPTY_HASH, hashUnit } from '../tagger/tokens.ts'

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

/** Four times as many places as words. */
const SLOTS = 1 << 19
const LONGEST = 256
const [SPACE, NEWLINE, ZERO] = [32, 10, 48]

/**
 * Lines of `<shared letters> <rest> <flags>`: small letters, each word after the one before it in the alphabet. Read
 * into hash and flags in an open table; two of 100,000 words share a hash about once in ten lexicons.
 */
function parseLexicon(text: string): Lexicon {
  const hashes = new Int32Array(SLOTS)
  const values = new Uint8Array(SLOTS)
  const prefix = new Int32Array(LONGEST).fill(EMPTY_HASH)
  for (let at = 0; at < text.length; at++) {
    const shared = numberAt(text, at)
    let length = shared.value
    let hash = prefix[length] as number
    for (at = shared.end + 1; text.charCodeAt(at) !== SPACE && length + 1 < LONGEST; at++) {
      hash = hashUnit(hash, text.charCodeAt(at))
      prefix[++length] = hash
    }
    const flags = numberAt(text, at + 1)
    at = flags.end
    if (at < text.length && text.charCodeAt(at) !== NEWLINE)
      throw new Error('lexicon.br is damaged')
    put(hashes, values, hash, flags.value)
  }
  return { flags: (hash) => get(hashes, values, hash) }
}

function numberAt(text: string, start: number): { value: number; end: number } {
  let [value, end] = [0, start]
  for (; end < text.length; end++) {
    const digit = text.charCodeAt(end) - ZERO
    if (digit < 0 || digit > 9) break
    value = value * 10 + digit
  }
  return { value, end }
}

function put(hashes: Int32Array, values: Uint8Array, hash: number, flags: number): void {
  let slot = hash & (SLOTS - 1)
  while (values[slot] !== 0 && hashes[slot] !== hash) slot = (slot + 1) & (SLOTS - 1)
  hashes[slot] = hash
  values[slot] = (values[slot] as number) | flags
}

function get(hashes: Int32Array, values: Uint8Array, hash: number): number {
  let slot = hash & (SLOTS - 1)
  while (values[slot] !== 0) {
    if (hashes[slot] === hash) return values[slot] as number
    slot = (slot + 1) & (SLOTS - 1)
  }
  return 0
}

let loaded: Lexicon | undefined

/** Read once a process; `lexicon.br` is made by `bench/redaction/train/lexicon.ts`. */
export function lexicon(): Lexicon {
  loaded ??= parseLexicon(
    brotliDecompressSync(readFileSync(new URL('lexicon.br', import.meta.url))).toString('utf8'),
  )
  return loaded
}
