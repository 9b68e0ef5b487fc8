import { type Candidate, WEIGHT } from '../finding.ts'
import { KNOWN, lexicon, NAME } from '../lexicon/lexicon.ts'
import { CASING } from './casing.ts'
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

export interface Tagged {
  entities: Candidate[]
  /** 1 for tokens outside every entity of which the tagger is less than sure. */
  doubts: Uint8Array
}

/** A lead of "outside" over every other label, in natural logarithms, that is no doubt any more. */
const SURE = 4

/** What the tagger finds, entity by entity, and where it hesitates. */
export function tag(text: string, tokens: Tokens): Tagged {
  const { labels, doubts } = label(sequenceOf(text, tokens, lexicon()), weights())
  return { entities: entities(tokens, labels), doubts }
}

/** Labels every token from left to right, each with the labels before it in view. */
export function label(
  sequence: Sequence,
  { lanes, unit }: PackedWeights,
): { labels: Uint8Array; doubts: Uint8Array } {
  const labels = new Uint8Array(sequence.count)
  const doubts = new Uint8Array(sequence.count)
  const features = new Int32Array(FEATURES)
  const scores = new Int32Array(LABELS + 1)
  const sure = Math.round(SURE / unit)
  let [last, beforeLast] = [0, 0]
  for (let i = 0; i < sequence.count; i++) {
    let best = 0
    if (last !== 0 || mayBegin(sequence, i)) {
      tokenFeatures(sequence, i, features)
      const count = labelFeatures(sequence, i, features, last, beforeLast)
      sum(lanes, features, count, scores)
      const other = bestEntity(scores, last)
      const lead = (scores[0] as number) - (scores[other] as number)
      if (lead < 0) best = other
      else if (lead < sure) doubts[i] = 1
    }
    labels[i] = best
    beforeLast = last
    last = best
  }
  return { labels, doubts }
}

/** Nothing begins with a comma or, where capitals mean something, with one of the most used words in small letters. */
function mayBegin({ shapes, flags, casings }: Sequence, i: number): boolean {
  const shape = (shapes[i + PAD] as number) & 15
  if (shape === SHAPE.sign) return false
  if (casings[i] !== CASING.cased || shape !== SHAPE.lower) return true
  return ((flags[i + PAD] as number) & (KNOWN.frequent | NAME)) !== KNOWN.frequent
}

/** The best label besides "outside". */
function bestEntity(scores: Int32Array, last: number): number {
  let best = 1
  for (let l = 2; l < LABELS; l++) {
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
