import { createHmac } from 'node:crypto'

/** Gives the two check characters that belong to an ordinal under the key of a session. */
export type CheckOf = (ordinal: number) => string

/** Crockford's base 32: without I, L, O and U, which are misread. */
const FIRST = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
/** None ends in S, which would pass for a plural. */
const SECOND = FIRST.replace('S', '')
/** Values two such characters have. */
export const BLOCK = FIRST.length * SECOND.length

/**
 * Each block of 992 ordinals gets a keyed permutation of the checks (a Feistel network of four rounds
 * over ten bits, walked until it is in range), so that within a block no two ordinals have the same:
 * an ordinal with the check of its neighbour belongs to nobody, which a plain hash could not promise.
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
    rounds.set(block, made)
    return made
  }
  return (ordinal) => {
    const table = roundsOf(Math.floor(ordinal / BLOCK))
    let value = ordinal % BLOCK
    do value = permute(value, table)
    while (value >= BLOCK)
    return `${FIRST[Math.floor(value / SECOND.length)]}${SECOND[value % SECOND.length]}`
  }
}

/** One to one on ten bits. */
function permute(value: number, table: Buffer): number {
  let left = value >> 5
  let right = value & 31
  for (let round = 0; round < 4; round++) {
    const mixed = left ^ ((table[round * 32 + right] ?? 0) & 31)
    left = right
    right = mixed
  }
  return (left << 5) | right
}

/** A check as a model may have written it, in the alphabet: `o` is 0, `i` and `l` are 1. */
export const normalCheck = (written: string): string =>
  written.normalize('NFKC').toUpperCase().replace(/O/g, '0').replace(/[IL]/g, '1')
