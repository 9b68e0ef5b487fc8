import type { Word } from '../words.ts'
import { nextStretch, type Track } from './tracks.ts'

/**
 * For every word the speakers that can be hers, with the log odds that they speak: those of word i
 * stand from `offsets[i]` to `offsets[i + 1]`.
 */
export interface Evidence {
  offsets: Int32Array
  /** Indices of tracks. */
  speakers: number[]
  scores: number[]
}

/** Narrower edges than these are not believed of any diarizer, in seconds. */
const LEAST_EDGE_S = 0.02

/** A logistic curve of this width (times the standard deviation) stands in for a Gaussian. */
const LOGISTIC_WIDTH = 0.5

/** An interjection lies this far inside, in widths: nearer, it may be two turns that merely touch. */
const INSIDE_WIDTHS = 4

/** What the turns as a whole say of themselves. */
export interface Trust {
  /** How far their edges may be off. */
  edgeErrorS: number
  /** What a change of speaker costs at most. */
  oddsAgainst: number
}

/** Whom the turns speak for at each word. */
export function weighEvidence(
  words: readonly Word[],
  tracks: readonly Track[],
  { edgeErrorS, oddsAgainst }: Trust,
): Evidence {
  const width = Math.max(LEAST_EDGE_S, LOGISTIC_WIDTH * edgeErrorS)
  // who is behind by more than two changes at one word loses whatever the others say
  const reach = (2 * oddsAgainst + 4) * width
  const evidence: Evidence = { offsets: new Int32Array(words.length + 1), speakers: [], scores: [] }
  const next = new Int32Array(tracks.length)
  const distances = new Float64Array(tracks.length)
  words.forEach((word, index) => {
    const near = measure(word, tracks, next, distances) + reach
    const from = evidence.speakers.length
    for (let speaker = 0; speaker < tracks.length; speaker++) {
      if ((distances[speaker] as number) > near) continue
      evidence.speakers.push(speaker)
      evidence.scores.push(scoreOf(word, tracks[speaker] as Track, next[speaker] as number, width))
    }
    evidence.offsets[index + 1] = evidence.speakers.length
    if (evidence.speakers.length - from > 1)
      favourInterjection(
        { evidence, from, word, tracks, next, margin: INSIDE_WIDTHS * width },
        // it outweighs the two changes it takes
        2 * oddsAgainst + 2,
      )
  })
  return evidence
}

/** Moves every track on to a word; fills in how far each is from it and returns the nearest. */
function measure(
  word: Word,
  tracks: readonly Track[],
  next: Int32Array,
  distances: Float64Array,
): number {
  let nearest = Number.POSITIVE_INFINITY
  for (let speaker = 0; speaker < tracks.length; speaker++) {
    const track = tracks[speaker] as Track
    const index = nextStretch(track, word.start, next[speaker] as number)
    next[speaker] = index
    const ahead = Math.max(0, (track.starts[index] ?? Number.POSITIVE_INFINITY) - word.end)
    const behind = word.start - (track.ends[index - 1] ?? Number.NEGATIVE_INFINITY)
    const distance = Math.min(ahead, behind)
    distances[speaker] = distance
    if (distance < nearest) nearest = distance
  }
  return nearest
}

/** Mean log odds over a word that a speaker speaks, by the stretch that speaks for it most. */
function scoreOf(word: Word, { starts, ends }: Track, next: number, width: number): number {
  let best = Number.NEGATIVE_INFINITY
  // the one that is most likely the best comes first
  for (let turn = 0; turn < 3; turn++) {
    const index = turn === 1 ? next - 1 : next + turn / 2
    const start = starts[index]
    const end = ends[index]
    if (start === undefined || end === undefined) continue
    const awayS = Math.max(start - word.end, word.start - end)
    if (-awayS / width <= best) continue
    best = Math.max(best, scoreOfStretch(word, start, end, width))
  }
  return best
}

function scoreOfStretch(word: Word, start: number, end: number, width: number): number {
  const duration = word.end - word.start
  let far = 0
  let product = 1
  for (const part of PARTS) {
    const time = word.start + part * duration
    const before = (start - time) / width
    const after = (time - end) / width
    if (before > FAR) far += before
    else product *= 1 + Math.exp(before)
    if (after > FAR) far += after
    else product *= 1 + Math.exp(after)
  }
  return -(far + Math.log(product)) / PARTS.length
}

/** Where in a word it is looked, as parts of its duration. */
const PARTS = [0.1, 0.5, 0.9]

/** From here on the log of the logistic function is a line, so that the nearest edge wins. */
const FAR = 30

interface Choice {
  evidence: Evidence
  /** Where the candidates of the word begin. */
  from: number
  word: Word
  tracks: readonly Track[]
  next: Int32Array
  margin: number
}

/** A word that a short turn deep inside another's covers belongs to the short one. */
function favourInterjection(
  { evidence, from, word, tracks, next, margin }: Choice,
  bonus: number,
): void {
  const { speakers, scores } = evidence
  const startOf = (at: number) => stretchEdge(tracks, next, speakers[at] as number, 'starts')
  const endOf = (at: number) => stretchEdge(tracks, next, speakers[at] as number, 'ends')
  for (let inner = from; inner < speakers.length; inner++) {
    if (startOf(inner) > word.start || endOf(inner) < word.end) continue
    for (let outer = from; outer < speakers.length; outer++) {
      if (startOf(outer) + margin > startOf(inner)) continue
      if (endOf(outer) - margin < endOf(inner)) continue
      scores[inner] = (scores[inner] as number) + bonus
      break
    }
  }
}

const stretchEdge = (
  tracks: readonly Track[],
  next: Int32Array,
  speaker: number,
  edge: 'starts' | 'ends',
): number => tracks[speaker]?.[edge][next[speaker] as number] ?? Number.POSITIVE_INFINITY
