import {
  FEATURES,
  HASH_BITS,
  labelFeatures,
  type Sequence,
  tokenFeatures,
} from '../../../plugins/redaction/detect/tagger/features.ts'
import { follows, LABELS } from '../../../plugins/redaction/detect/tagger/labels.ts'
import type { Weights } from '../../../plugins/redaction/detect/tagger/weights.ts'
import type { Chance } from './pick.ts'

export interface Lesson {
  sequence: Sequence
  labels: Uint8Array
}

export interface LearnOptions {
  rounds: number
  rate: number
  chance: Chance
  say: (line: string) => void
}

const ROWS = (1 << HASH_BITS) * LABELS
/** A gradient smaller than this teaches nothing worth its time. */
const LEAST = 0.01
const FORGOTTEN = 0.35

/**
 * Multinomial logistic regression over hashed features, one step a token, steps by AdaGrad. The labels before a
 * token are its own guesses every other time, as they will be when it tags.
 */
export function learn(
  lessons: readonly Lesson[],
  { rounds, rate, chance, say }: LearnOptions,
): Float32Array {
  const weights = new Float32Array(ROWS)
  const squares = new Float32Array(ROWS).fill(1e-2)
  const order = lessons.map((_, i) => i)
  for (let round = 0; round < rounds; round++) {
    shuffle(order, chance)
    const pace = rate * (1 - (0.8 * round) / rounds)
    let [wrong, seen] = [0, 0]
    for (const i of order) {
      const lesson = lessons[i]
      if (!lesson) continue
      wrong += study(lesson, weights, squares, pace, chance)
      seen += lesson.labels.length
    }
    say(`round ${round + 1}: ${((100 * wrong) / seen).toFixed(2)} % of ${seen} tokens wrong`)
  }
  return weights
}

function study(
  { sequence, labels }: Lesson,
  weights: Float32Array,
  squares: Float32Array,
  rate: number,
  chance: Chance,
): number {
  const features = new Int32Array(FEATURES)
  const scores = new Float64Array(LABELS)
  let [last, beforeLast, wrong] = [0, 0, 0]
  for (let i = 0; i < sequence.count; i++) {
    tokenFeatures(sequence, i, features)
    const all = labelFeatures(sequence, i, features, last, beforeLast)
    const count = forget(features, all, chance)
    const gold = labels[i] ?? 0
    const guess = softmax(weights, features, count, scores, last)
    if (guess !== gold) wrong++
    step(weights, squares, features, count, scores, gold, rate)
    beforeLast = last
    last = chance.is(0.5) ? guess : gold
  }
  return wrong
}

/** Leaves out some features by chance, so that none of them is relied on alone. */
function forget(features: Int32Array, count: number, chance: Chance): number {
  let kept = 0
  for (let f = 0; f < count; f++) {
    if (chance.next() < FORGOTTEN) continue
    features[kept++] = features[f] ?? 0
  }
  return kept
}

function softmax(
  weights: Float32Array,
  features: Int32Array,
  count: number,
  scores: Float64Array,
  last: number,
): number {
  let best = 0
  for (let l = 0; l < LABELS; l++) {
    let score = 0
    for (let f = 0; f < count; f++) score += weights[(features[f] ?? 0) * LABELS + l] ?? 0
    scores[l] = score
    if (score > (scores[best] ?? 0) && follows(l, last)) best = l
  }
  const top = Math.max(...scores)
  let sum = 0
  for (let l = 0; l < LABELS; l++) {
    const share = Math.exp((scores[l] ?? 0) - top)
    scores[l] = share
    sum += share
  }
  for (let l = 0; l < LABELS; l++) scores[l] = (scores[l] ?? 0) / sum
  return best
}

function step(
  weights: Float32Array,
  squares: Float32Array,
  features: Int32Array,
  count: number,
  shares: Float64Array,
  gold: number,
  rate: number,
): void {
  for (let l = 0; l < LABELS; l++) {
    const gradient = (shares[l] ?? 0) - (l === gold ? 1 : 0)
    if (Math.abs(gradient) < LEAST) continue
    for (let f = 0; f < count; f++) {
      const at = (features[f] ?? 0) * LABELS + l
      const square = (squares[at] ?? 0) + gradient * gradient
      squares[at] = square
      weights[at] = (weights[at] ?? 0) - (rate * gradient) / Math.sqrt(square)
    }
  }
}

/** Eight bits a weight, the largest clipped; what rounds to nothing takes no room when compressed. */
export function quantise(weights: Float32Array, most: number): Weights {
  const unit = most / 127
  const rows = Int8Array.from(weights, (weight) =>
    Math.max(-127, Math.min(127, Math.round(weight / unit))),
  )
  return { rows, unit }
}

function shuffle(list: number[], chance: Chance): void {
  for (let i = list.length - 1; i > 0; i--) {
    const other = chance.below(i + 1)
    const [a = 0, b = 0] = [list[i], list[other]]
    list[i] = b
    list[other] = a
  }
}
