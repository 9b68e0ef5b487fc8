import type { Lexicon } from '../lexicon/lexicon.ts'
import { casingsOf } from './casing.ts'
import { GAP, SHAPE, type Tokens } from './tokens.ts'

export const HASH_BITS = 18
export const FEATURES = 40

/** Everything of a text that features look at, with empty places at either end. */
export interface Sequence {
  count: number
  hashes: Int32Array
  prefix3: Int32Array
  suffix3: Int32Array
  suffix2: Int32Array
  /** Shape, length bucket of numbers and gap of a token in one number. */
  shapes: Int32Array
  flags: Int32Array
  /** By token, after `CASING`. */
  casings: Uint8Array
}

export const PAD = 4
const NO_WORD = 128

export function sequenceOf(text: string, tokens: Tokens, lexicon: Lexicon): Sequence {
  const { count } = tokens
  const padded = (values: Int32Array): Int32Array => {
    const into = new Int32Array(count + 2 * PAD)
    into.set(values.subarray(0, count), PAD)
    return into
  }
  const shapes = new Int32Array(count + 2 * PAD)
  const flags = new Int32Array(count + 2 * PAD)
  for (let i = 0; i < count; i++) {
    const length = (tokens.ends[i] as number) - (tokens.starts[i] as number)
    const shape = tokens.shapes[i] as number
    const bucket = shape === SHAPE.digits ? Math.min(length, 6) : 0
    shapes[i + PAD] = shape | (bucket << 4) | ((tokens.gaps[i] as number) << 8)
    const isWord = shape !== SHAPE.digits && shape !== SHAPE.sign && shape !== SHAPE.mixed
    flags[i + PAD] = isWord ? lexicon.flags(tokens.hashes[i] as number) : NO_WORD
  }
  return {
    count,
    hashes: padded(tokens.hashes),
    prefix3: padded(tokens.prefix3),
    suffix3: padded(tokens.suffix3),
    suffix2: padded(tokens.suffix2),
    shapes,
    flags,
    casings: casingsOf(text, tokens),
  }
}

/** A place in the table for the hash of one kind of feature. */
function mix(hash: number, kind: number): number {
  let mixed = Math.imul(hash ^ Math.imul(kind, 0x9e3779b1), 0x85ebca6b)
  mixed ^= mixed >>> 15
  mixed = Math.imul(mixed, 0x2c1b3c6d)
  return (mixed ^ (mixed >>> 13)) >>> (32 - HASH_BITS)
}

const both = (one: number, other: number): number => (Math.imul(one, 31) + other) | 0

/**
 * Fills `into` with the places of the token's features that do not depend on labels; returns how many. Written out,
 * since this runs for every token of every text: w are words, s shapes, f what the lexicon knows.
 */
export function tokenFeatures(of: Sequence, index: number, into: Int32Array): number {
  const { hashes, shapes, flags, suffix3 } = of
  const casing = of.casings[index] as number
  const i = index + PAD
  const w0 = hashes[i] as number
  const w1 = hashes[i + 1] as number
  const w2 = hashes[i + 2] as number
  const v1 = hashes[i - 1] as number
  const v2 = hashes[i - 2] as number
  const s0 = shapes[i] as number
  const s1 = shapes[i + 1] as number
  const s2 = shapes[i + 2] as number
  const r1 = shapes[i - 1] as number
  const r2 = shapes[i - 2] as number
  const f0 = flags[i] as number
  const f1 = flags[i + 1] as number
  const f2 = flags[i + 2] as number
  const e1 = flags[i - 1] as number
  const e2 = flags[i - 2] as number
  const shape = s0 & 255
  const isStart = s0 >> 8 === GAP.line || r1 === 0 ? 1 : 0
  const around = both(both(r1, s0), s1)
  into[0] = mix(casing * 2 + isStart, 1)
  into[1] = mix(w0, 2)
  into[2] = mix(v1, 3)
  into[3] = mix(w1, 4)
  into[4] = mix(v2, 5)
  into[5] = mix(w2, 6)
  into[6] = mix(both(v1, w0), 7)
  into[7] = mix(both(w0, w1), 8)
  into[8] = mix(both(v2, v1), 9)
  into[9] = mix(both(w1, w2), 10)
  into[10] = mix(of.prefix3[i] as number, 11)
  into[11] = mix(suffix3[i] as number, 12)
  into[12] = mix(of.suffix2[i] as number, 13)
  into[13] = mix(both(suffix3[i] as number, shape), 14)
  into[14] = mix(suffix3[i - 1] as number, 15)
  into[15] = mix(suffix3[i + 1] as number, 16)
  into[16] = mix(both(shape, casing), 17)
  into[17] = mix(both(r1, s0), 18)
  into[18] = mix(both(s0, s1), 19)
  into[19] = mix(around, 20)
  into[20] = mix(both(r2, around), 21)
  into[21] = mix(both(f0, both(shape, casing)), 22)
  into[22] = mix(both(both(e1, f0), s0), 23)
  into[23] = mix(both(both(f0, f1), s0), 24)
  into[24] = mix(both(both(e1, f0), both(f1, casing)), 25)
  into[25] = mix(both(v1, both(f0, shape)), 26)
  into[26] = mix(both(w1, both(f0, shape)), 27)
  into[27] = mix(both(both(v2, v1), shape), 28)
  into[28] = mix(both(both(v1, w1), shape), 29)
  into[29] = mix(both(both(e2, e1), both(s0, f0)), 30)
  into[30] = mix(both(both(f1, f2), both(s0, f0)), 31)
  into[31] = mix(both(hashes[i - 3] as number, shape), 32)
  into[32] = mix(both(hashes[i + 3] as number, shape), 33)
  into[33] = mix(both(s1, both(s2, shape)), 34)
  return 34
}

/** Adds the features that look at the labels given to the two tokens before; returns how many there are now. */
export function labelFeatures(
  of: Sequence,
  index: number,
  into: Int32Array,
  last: number,
  beforeLast: number,
): number {
  const i = index + PAD
  const s0 = of.shapes[i] as number
  const shape = s0 & 255
  into[34] = mix(last, 35)
  into[35] = mix(both(last, of.hashes[i] as number), 36)
  into[36] = mix(both(both(last, beforeLast), shape), 37)
  into[37] = mix(both(last, both(s0, of.flags[i] as number)), 38)
  into[38] = mix(both(last, of.hashes[i - 1] as number), 39)
  into[39] = mix(both(last, both(of.hashes[i + 1] as number, shape)), 40)
  return FEATURES
}
