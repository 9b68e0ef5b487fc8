import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { DRAWN_QUESTIONS } from './drawn-questions.ts'
import { half, judge, sureness } from './judge.ts'
import { ndcgAt10 } from './ndcg.ts'
import { readPassages } from './passages.ts'
import { QUESTIONS } from './questions.ts'

const passages = readPassages(fileURLToPath(new URL('../..', import.meta.url)))

it.each([...QUESTIONS, ...DRAWN_QUESTIONS])(
  'the docs answer “$ask” in a few passages',
  ({ found }) => {
    const right = passages.filter(({ text }) => text.includes(found))
    expect(right.length).toBeGreaterThanOrEqual(1)
    expect(right.length).toBeLessThanOrEqual(4)
  },
)

it('the gain of a list is that of the textbook', () => {
  const right = new Set(['a', 'b'])
  expect(ndcgAt10(['a', 'b', 'x'], right)).toBe(1)
  expect(ndcgAt10(['x', 'a', 'b'], right)).toBeCloseTo((0.6309 + 0.5) / 1.6309, 3)
  expect(ndcgAt10(['x', 'y'], right)).toBe(0)
  expect(ndcgAt10([...'0123456789', 'a'], right)).toBe(0)
})

it('what is chosen on one half is judged by the other', () => {
  // of the hybrids the first is better where it is chosen, the second where it is judged
  const ways = new Map([
    ['sparse', [0.2, 0.2, 0.2, 0.2]],
    ['first', [0.9, 0.1, 0.9, 0.1]],
    ['second', [0.1, 0.9, 0.1, 0.9]],
  ])
  expect(half(ways.get('first') ?? [], 'judge')).toEqual([0.1, 0.1])
  expect(judge(ways, ['sparse'])).toEqual({
    ...{ chosen: 'first', isBetter: false, sure: { sparse: 0 } },
    judged: { first: 0.1, sparse: 0.2 },
  })
})

it('a gap that one question makes is not sure', () => {
  const none = new Array<number>(20).fill(0)
  expect(
    sureness(
      none.map(() => 0.1),
      none,
    ),
  ).toBe(1)
  expect(sureness(none, none)).toBe(0)
  const one = sureness([...none.slice(1), 1], none)
  // not drawn in (19/20)^20 of the resamples
  expect(one).toBeGreaterThan(0.6)
  expect(one).toBeLessThan(0.7)
})
