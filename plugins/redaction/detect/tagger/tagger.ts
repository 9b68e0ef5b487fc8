import { type Candidate, WEIGHT } from '../finding.ts'
import { KNOWN, lexicon, NAME } from '../lexicon/lexicon.ts'
import {
  FEATURES,
  labelFeatures,
  PAD,
  type Sequence,
  sequenceOf,
  tokenFeatures,
} from './features.ts'
import { follows, LABELS, typeOf } from './labels.ts'
import { SHAPE, type Tokens } from './tokens.ts'
import { type PackedWeights, sum, weights } from './weights.ts'

/** Added to the score of "outside": below zero the tagger finds more and is wrong more often. */
export interface TagOptions {
  outsideBias: number
  deadline?: (() => void) | undefined
}

const TOKENS_BETWEEN_LOOKS = 4_096

/** What the tagger finds, entity by entity. */
export function tag(tokens: Tokens, options: TagOptions): Candidate[] {
  return entities(tokens, label(sequenceOf(tokens, lexicon()), weights(), options))
}

/** Labels every token from left to right, each with the labels before it in view. */
export function label(
  sequence: Sequence,
  { lanes, unit }: PackedWeights,
  options: TagOptions,
): Uint8Array {
  const labels = new Uint8Array(sequence.count)
  const features = new Int32Array(FEATURES)
  const scores = new Int32Array(LABELS + 1)
  const bias = Math.round(options.outsideBias / unit)
  let [last, beforeLast] = [0, 0]
  for (let i = 0; i < sequence.count; i++) {
    if (i % TOKENS_BETWEEN_LOOKS === 0) options.deadline?.()
    let best = 0
    if (last !== 0 || mayBegin(sequence, i)) {
      tokenFeatures(sequence, i, features)
      const count = labelFeatures(sequence, i, features, last, beforeLast)
      sum(lanes, features, count, scores)
      scores[0] = (scores[0] as number) + bias
      best = bestOf(scores, last)
    }
    labels[i] = best
    beforeLast = last
    last = best
  }
  return labels
}

/** Nothing begins with a comma or, where capitals mean something, with one of the most used words in small letters. */
function mayBegin({ shapes, flags, casing }: Sequence, i: number): boolean {
  const shape = (shapes[i + PAD] as number) & 15
  if (shape === SHAPE.sign) return false
  if (casing !== 0 || shape !== SHAPE.lower) return true
  return ((flags[i + PAD] as number) & (KNOWN.frequent | NAME)) !== KNOWN.frequent
}

function bestOf(scores: Int32Array, last: number): number {
  let best = 0
  for (let l = 1; l < LABELS; l++) {
    if ((scores[l] as number) > (scores[best] as number) && follows(l, last)) best = l
  }
  return best
}

function entities(tokens: Tokens, labels: Uint8Array): Candidate[] {
  const candidates: Candidate[] = []
  for (let i = 0; i < tokens.count; i++) {
    const type = typeOf(labels[i] as number)
    if (!type) continue
    let end = i
    while (end + 1 < tokens.count && labels[end + 1] === (labels[i] as number) + 1) end++
    const [from, to] = [tokens.starts[i] as number, tokens.ends[end] as number]
    candidates.push({ start: from, end: to, type, layer: 'tagger', weight: WEIGHT.tagger })
    i = end
  }
  return candidates
}
