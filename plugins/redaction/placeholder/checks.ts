import { createHmac } from 'node:crypto'

/** Gives the two check characters that belong to an ordinal under the key of a session. */
export type CheckOf = (ordinal: number) => string

/** Crockford's base 32: without I, L, O and U, which are misread. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const BLOCK = 1024

/**
 * Two characters have 1,024 values. Each block of 1,024 ordinals gets a keyed permutation of them (a
 * Feistel network of four rounds), so that within a block no two ordinals have the same check: an
 * ordinal with the check of its neighbour belongs to nobody, which a plain hash could not promise.
 */
export function createChecks(key: Uint8Array): CheckOf {
  const rounds = new Map<number, Buffer>()
  const roundsOf = (block: number): Buffer => {
    const known = rounds.get(block)
    if (known) return known
    const parts = [0, 1, 2, 3].map((n) =>
      createHmac('sha256', key).update(`check/${block}/${n}`).digest(),
    )
    const made = Buffer.concat(parts)
    if (rounds.size >= MOST_BLOCKS) rounds.clear()
    rounds.set(block, made)
    return made
  }
  return (ordinal) => {
    const table = roundsOf(Math.floor(ordinal / BLOCK))
    let left = (ordinal % BLOCK) >> 5
    let right = ordinal % 32
    for (let round = 0; round < 4; round++) {
      const mixed = left ^ ((table[round * 32 + right] ?? 0) & 31)
      left = right
      right = mixed
    }
    return `${ALPHABET[left]}${ALPHABET[right]}`
  }
}

const MOST_BLOCKS = 1024

/** A check as a model may have written it, in the alphabet: `o` is 0, `i` and `l` are 1. */
export const normalCheck = (written: string): string =>
  written.normalize('NFKC').toUpperCase().replace(/O/g, '0').replace(/[IL]/g, '1')
