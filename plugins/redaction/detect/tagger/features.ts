import type { Lexicon } from '../lexicon/lexicon.ts'
import { GAP, SHAPE, type Tokens } from './tokens.ts'

export const HASH_BITS = 18
export const FEATURES = 40

/** Everything of a text that features look at, with two empty places at either end. */
export interface Sequence {
  count: number
  hashes: Int32Array
  prefix3: Int32Array
  suffix3: Int32Array
  suffix2: Int32Array
  /** Shape, gap and length bucket of a token in one number. */
  shapes: Int32Array
  flags: Int32Array
  /** 1 where the text has hardly a capital, 2 where it has hardly a small letter. */
  casing: number
}

const PAD = 4

export function sequenceOf(tokens: Tokens, lexicon: Lexicon): Sequence {
  const { count } = tokens
  const size = count + 2 * PAD
  const padded = (values: ArrayLike<number>): Int32Array => {
    const into = new Int32Array(size)
    for (let i = 0; i < count; i++) into[i + PAD] = values[i] ?? 0
    return into
  }
  const shapes = new Int32Array(size)
  const flags = new Int32Array(size)
  for (let i = 0; i < count; i++) {
    const length = (tokens.ends[i] ?? 0) - (tokens.starts[i] ?? 0)
    const shape = tokens.shapes[i] ?? 0
    const bucket = shape === SHAPE.digits ? Math.min(length, 6) : 0
    shapes[i + PAD] = shape | (bucket << 4)
    const isWord = shape !== SHAPE.digits && shape !== SHAPE.sign && shape !== SHAPE.mixed
    flags[i + PAD] = isWord ? lexicon.flags(tokens.hashes[i] ?? 0) : 128
  }
  return {
    count,
    hashes: padded(tokens.hashes),
    prefix3: padded(tokens.prefix3),
    suffix3: padded(tokens.suffix3),
    suffix2: padded(tokens.suffix2),
    shapes: withGaps(shapes, tokens),
    flags,
    casing: casingOf(tokens),
  }
}

function withGaps(shapes: Int32Array, { gaps, count }: Tokens): Int32Array {
  for (let i = 0; i < count; i++) shapes[i + PAD] = (shapes[i + PAD] ?? 0) | ((gaps[i] ?? 0) << 8)
  return shapes
}

/** Whether capitals mean anything in this text. */
export function casingOf({ shapes, count }: Tokens): number {
  let [capital, small, all] = [0, 0, 0]
  for (let i = 0; i < count; i++) {
    const shape = shapes[i]
    if (shape === SHAPE.title || shape === SHAPE.camel) capital++
    else if (shape === SHAPE.lower) small++
    else if (shape === SHAPE.upper) all++
  }
  if (capital === 0 && all * 20 <= small) return 1
  return all > 3 && all > 4 * (capital + small) ? 2 : 0
}

const mix = (hash: number, salt: number): number => {
  let mixed = Math.imul(hash ^ Math.imul(salt, 0x9e3779b1), 0x85ebca6b)
  mixed ^= mixed >>> 15
  mixed = Math.imul(mixed, 0x2c1b3c6d)
  return (mixed ^ (mixed >>> 13)) >>> (32 - HASH_BITS)
}
const both = (one: number, other: number): number => Math.imul(one, 31) + other

/** Fills `into` with the places of the token's features that do not depend on labels; returns how many. */
export function tokenFeatures(of: Sequence, index: number, into: Int32Array): number {
  const { hashes: w, shapes: s, flags: f, casing } = of
  const i = index + PAD
  const at = (values: Int32Array, offset: number): number => values[i + offset] ?? 0
  const shape = at(s, 0) & 255
  const flag = at(f, 0)
  const gap = at(s, 0) >> 8
  const isStart = gap === GAP.line || at(s, -1) === 0 ? 1 : 0
  let n = 0
  const add = (hash: number): void => {
    into[n] = mix(hash, n + 1)
    n++
  }
  add(casing * 2 + isStart)
  add(at(w, 0))
  add(at(w, -1))
  add(at(w, 1))
  add(at(w, -2))
  add(at(w, 2))
  add(both(at(w, -1), at(w, 0)))
  add(both(at(w, 0), at(w, 1)))
  add(both(at(w, -2), at(w, -1)))
  add(both(at(w, 1), at(w, 2)))
  add(at(of.prefix3, 0))
  add(at(of.suffix3, 0))
  add(at(of.suffix2, 0))
  add(both(at(of.suffix3, 0), shape))
  add(at(of.suffix3, -1))
  add(at(of.suffix3, 1))
  add(both(shape, casing))
  add(both(at(s, -1), at(s, 0)))
  add(both(at(s, 0), at(s, 1)))
  add(both(both(at(s, -1), at(s, 0)), at(s, 1)))
  add(both(both(at(s, -2), at(s, -1)), both(at(s, 0), at(s, 1))))
  add(both(flag, both(shape, casing)))
  add(both(both(at(f, -1), flag), at(s, 0)))
  add(both(both(flag, at(f, 1)), at(s, 0)))
  add(both(both(at(f, -1), flag), both(at(f, 1), casing)))
  add(both(at(w, -1), both(flag, shape)))
  add(both(at(w, 1), both(flag, shape)))
  add(both(both(at(w, -2), at(w, -1)), shape))
  add(both(both(at(w, -1), at(w, 1)), shape))
  add(both(both(at(f, -2), at(f, -1)), both(at(s, 0), flag)))
  add(both(both(at(f, 1), at(f, 2)), both(at(s, 0), flag)))
  add(both(at(w, -3), shape))
  add(both(at(w, 3), shape))
  add(both(at(s, 1), both(at(s, 2), shape)))
  return n
}

/** Adds the features that look at the labels given to the two tokens before. */
export function labelFeatures(
  of: Sequence,
  index: number,
  into: Int32Array,
  from: number,
  last: number,
  beforeLast: number,
): number {
  const i = index + PAD
  const shape = (of.shapes[i] ?? 0) & 255
  const flag = of.flags[i] ?? 0
  let n = from
  const add = (hash: number): void => {
    into[n] = mix(hash, n + 1)
    n++
  }
  add(last)
  add(both(last, of.hashes[i] ?? 0))
  add(both(both(last, beforeLast), shape))
  add(both(last, both(of.shapes[i] ?? 0, flag)))
  add(both(last, of.hashes[i - 1] ?? 0))
  add(both(last, both(of.hashes[i + 1] ?? 0, shape)))
  return n
}
