import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Turn } from '../turns.ts'
import type { Word } from '../words.ts'
import { changeCost, oddsAgainstChange } from './change-cost.ts'
import { decodeSpeakers } from './decode.ts'
import { estimateEdgeError } from './edge-error.ts'
import { weighEvidence } from './evidence.ts'
import { labelByOverlap } from './label-by-overlap.ts'
import { createTracks, type Track } from './tracks.ts'

const span = fc
  .tuple(fc.integer({ min: 0, max: 999 }), fc.integer({ min: 1, max: 300 }))
  .map(([start, length]) => ({ start: start / 100, end: (start + length) / 100 }))
const words = (maxLength: number) =>
  fc
    .array(fc.record({ at: span, word: fc.constantFrom('a', 'b.') }), { minLength: 1, maxLength })
    .map((list): Word[] =>
      list.map(({ at, word }) => ({ word, ...at })).sort((a, b) => a.start - b.start),
    )
const turns = fc
  .array(fc.record({ at: span, speaker: fc.constantFrom('A', 'B', 'C') }), {
    minLength: 1,
    maxLength: 12,
  })
  .map((list): Turn[] => list.map(({ at, speaker }) => ({ speaker, ...at })))

it('by overlap, a word goes to one who shares most of its time, or is nearest', () => {
  fc.assert(
    fc.property(words(30), turns, (list, given) => {
      const tracks = createTracks(given)
      const found = labelByOverlap(list, tracks)
      list.forEach((word, index) => {
        const shares = tracks.map((track) => nearness(word, track))
        expect(shares[found[index] as number]).toBeCloseTo(Math.max(...shares), 9)
      })
    }),
  )
})

it('the decoded sequence is the best of all there are', () => {
  fc.assert(
    fc.property(
      words(6),
      turns,
      fc.constantFrom(0, 0.5, 2),
      fc.constantFrom(0, 1, 5),
      (list, given, error, oddsAgainst) => {
        const tracks = createTracks(given)
        const evidence = weighEvidence(list, tracks, { edgeErrorS: error, oddsAgainst })
        const best = Math.max(
          ...sequences(list.length, tracks.length).map((each) =>
            worth(list, evidence, each, oddsAgainst),
          ),
        )
        const decoded = Array.from(decodeSpeakers(list, evidence, oddsAgainst))
        expect(worth(list, evidence, decoded, oddsAgainst)).toBeCloseTo(best, 9)
      },
    ),
    { numRuns: 60 },
  )
})

it.each([0, 0.25, 0.5, 1])('sees by the words that edges of turns are %d s off', (sigma) => {
  let seed = 7
  const random = () => {
    seed = (seed * 48_271) % 2_147_483_647
    return seed / 2_147_483_647
  }
  // the sum of twelve is a Gaussian but for its farthest tails
  const gauss = () => Array.from({ length: 12 }, random).reduce((sum, x) => sum + x, -6)
  // one speaks, then nobody for as long, so that every edge stands alone
  const list = Array.from({ length: 300 }, (_, turn) =>
    Array.from({ length: 30 }, (_, index) => ({
      ...{ word: 'a', start: turn * 20 + index / 3, end: turn * 20 + (index + 1) / 3 },
    })),
  ).flat()
  const given = Array.from({ length: 300 }, (_, turn) => ({
    start: Math.max(0, turn * 20 + sigma * gauss()),
    end: turn * 20 + 10 + sigma * gauss(),
    speaker: `${turn % 3}`,
  }))
  const seen = estimateEdgeError(list, given)
  expect(seen).toBeGreaterThanOrEqual(0.85 * sigma)
  expect(seen).toBeLessThanOrEqual(1.15 * sigma)
})

it('a word in the middle of nowhere does not shake the belief in a few turns', () => {
  const list = [
    { word: 'a', start: 0, end: 1 },
    { word: 'b', start: 500, end: 501 },
  ]
  expect(estimateEdgeError(list, [{ start: 0, end: 1, speaker: 'A' }])).toBeLessThan(0.25)
})

it('a change costs least after a pause at the end of a sentence', () => {
  const cost = (word: string, pauseS: number) =>
    changeCost({ word, start: 0, end: 1 }, { word: 'so', start: 1 + pauseS, end: 3 }, 5)
  expect(cost('and', 0)).toBe(5)
  expect(cost('and', 0.25)).toBe(3.5)
  expect(cost('done."', 0)).toBe(2)
  expect(cost('done.', 9)).toBe(0)
  expect(cost('done', -0.5)).toBe(5)
})

it('a change costs much in a lecture and nothing where everybody says one word', () => {
  const alternating = (count: number): Turn[] =>
    Array.from({ length: count }, (_, index) => ({
      ...{ start: index, end: index + 1, speaker: `${index % 2}` },
    }))
  expect(oddsAgainstChange(10_000, alternating(3))).toBeCloseTo(Math.log(10_001 / 2.5 - 1), 9)
  expect(oddsAgainstChange(10, alternating(10))).toBe(0)
  expect(oddsAgainstChange(0, [])).toBe(0)
})

/** Seconds shared; where none, the negative distance to the nearest edge. */
function nearness(word: Word, { starts, ends }: Track): number {
  const shared = Array.from(starts, (start, index) =>
    Math.max(0, Math.min(word.end, ends[index] as number) - Math.max(word.start, start)),
  ).reduce((sum, each) => sum + each, 0)
  if (shared > 0) return shared
  return -Math.min(
    ...Array.from(starts, (start, index) =>
      Math.max(start - word.end, word.start - (ends[index] as number), 0),
    ),
  )
}

function sequences(length: number, choices: number): number[][] {
  if (length === 0) return [[]]
  return sequences(length - 1, choices).flatMap((each) =>
    Array.from({ length: choices }, (_, choice) => [...each, choice]),
  )
}

function worth(
  list: readonly Word[],
  { offsets, speakers, scores }: ReturnType<typeof weighEvidence>,
  sequence: readonly number[],
  oddsAgainst: number,
): number {
  return sequence.reduce((sum, speaker, index) => {
    const at = speakers.indexOf(speaker, offsets[index])
    if (at < 0 || at >= (offsets[index + 1] as number)) return Number.NEGATIVE_INFINITY
    const changes = index > 0 && sequence[index - 1] !== speaker
    const cost = changes ? changeCost(list[index - 1] as Word, list[index] as Word, oddsAgainst) : 0
    return sum + (scores[at] as number) - cost
  }, 0)
}
