import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { ndcgAt10 } from './ndcg.ts'
import { readPassages } from './passages.ts'
import { QUESTIONS } from './questions.ts'

const passages = readPassages(fileURLToPath(new URL('../..', import.meta.url)))

it.each(QUESTIONS)('the docs answer “$ask” in a few passages', ({ found }) => {
  const right = passages.filter(({ text }) => text.includes(found))
  expect(right.length).toBeGreaterThanOrEqual(1)
  expect(right.length).toBeLessThanOrEqual(4)
})

it('the gain of a list is that of the textbook', () => {
  const right = new Set(['a', 'b'])
  expect(ndcgAt10(['a', 'b', 'x'], right)).toBe(1)
  expect(ndcgAt10(['x', 'a', 'b'], right)).toBeCloseTo((0.6309 + 0.5) / 1.6309, 3)
  expect(ndcgAt10(['x', 'y'], right)).toBe(0)
  expect(ndcgAt10([...'0123456789', 'a'], right)).toBe(0)
})
