import { readFileSync } from 'node:fs'
import { brotliDecompressSync } from 'node:zlib'
import { type Candidate, WEIGHT } from '../finding.ts'
import { lexicon } from '../lexicon/lexicon.ts'
import {
  FEATURES,
  HASH_BITS,
  labelFeatures,
  type Sequence,
  sequenceOf,
  tokenFeatures,
} from './features.ts'
import { follows, LABELS, typeOf } from './labels.ts'
import type { Tokens } from './tokens.ts'

/** One row of `LABELS` weights a hashed feature, in steps of one `unit`. */
export interface Weights {
  rows: Int8Array
  unit: number
}

/** Added to the score of "outside": below zero the tagger finds more and is wrong more often. */
export interface TagOptions {
  outsideBias: number
  deadline?: (() => void) | undefined
}

const TOKENS_BETWEEN_LOOKS = 4_096

/** Labels every token from left to right, each with the labels before it in view. */
export function label(sequence: Sequence, weights: Weights, options: TagOptions): Uint8Array {
  const labels = new Uint8Array(sequence.count)
  const features = new Int32Array(FEATURES)
  const scores = new Int32Array(LABELS)
  const bias = Math.round(options.outsideBias / weights.unit)
  let [last, beforeLast] = [0, 0]
  for (let i = 0; i < sequence.count; i++) {
    if (i % TOKENS_BETWEEN_LOOKS === 0) options.deadline?.()
    const some = tokenFeatures(sequence, i, features)
    const count = labelFeatures(sequence, i, features, some, last, beforeLast)
    sum(weights.rows, features, count, scores)
    scores[0] = (scores[0] ?? 0) + bias
    const best = bestOf(scores, last)
    labels[i] = best
    beforeLast = last
    last = best
  }
  return labels
}

function sum(rows: Int8Array, features: Int32Array, count: number, scores: Int32Array): void {
  scores.fill(0)
  for (let f = 0; f < count; f++) {
    const row = (features[f] ?? 0) * LABELS
    for (let l = 0; l < LABELS; l++) scores[l] = (scores[l] ?? 0) + (rows[row + l] ?? 0)
  }
}

function bestOf(scores: Int32Array, last: number): number {
  let best = 0
  for (let l = 1; l < LABELS; l++) {
    if ((scores[l] ?? 0) > (scores[best] ?? 0) && follows(l, last)) best = l
  }
  return best
}

/** What the tagger finds, entity by entity. */
export function tag(tokens: Tokens, options: TagOptions): Candidate[] {
  return entities(tokens, label(sequenceOf(tokens, lexicon()), weights(), options))
}

export function entities(tokens: Tokens, labels: Uint8Array): Candidate[] {
  const candidates: Candidate[] = []
  for (let i = 0; i < tokens.count; i++) {
    const type = typeOf(labels[i] ?? 0)
    if (!type) continue
    let end = i
    while (end + 1 < tokens.count && labels[end + 1] === (labels[i] ?? 0) + 1) end++
    const [from, to] = [tokens.starts[i] ?? 0, tokens.ends[end] ?? 0]
    candidates.push({ start: from, end: to, type, layer: 'tagger', weight: WEIGHT.tagger })
    i = end
  }
  return candidates
}

let loaded: Weights | undefined

/** `weights.br`: a float (the unit), then the rows; made by `bench/redaction/train/run.ts`. */
export function weights(): Weights {
  if (loaded) return loaded
  const bytes = brotliDecompressSync(readFileSync(new URL('weights.br', import.meta.url)))
  const size = LABELS << HASH_BITS
  if (bytes.length !== size + 4) throw new Error('weights.br is of another model')
  const rows = new Int8Array(bytes.buffer, bytes.byteOffset + 4, size)
  loaded = { rows, unit: bytes.readFloatLE(0) }
  return loaded
}
