import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chunkText } from './chunk-text.ts'

const texts = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        'The pump runs. ',
        'Is it dry? ',
        'No!\n\n',
        '水が出る。',
        '😀😀😀 ',
        'e\u0301 ',
      ),
      fc.string({ unit: 'grapheme', maxLength: 60 }),
      fc.string({ unit: fc.constantFrom('a', 'b', '😀'), minLength: 50, maxLength: 200 }),
    ),
    { maxLength: 20 },
  )
  .map((parts) => parts.join(''))
const options = fc
  .tuple(fc.integer({ min: 20, max: 200 }), fc.integer({ min: 0, max: 19 }))
  .map(([maxChars, overlapChars]) => ({ maxChars, overlapChars }))

describe('chunks of a text', () => {
  it('end where sentences end, and begin with the last of the one before', () => {
    const text = 'The pump runs. It is loud. The tap drips. Nobody minds.'
    const chunks = chunkText(text, { maxChars: 30, overlapChars: 14 })
    expect(chunks.map(({ text }) => text)).toEqual([
      'The pump runs. It is loud.',
      'It is loud. The tap drips.',
      'Nobody minds.',
    ])
  })

  it('cut what is longer than a chunk between words, and a longer word between characters', () => {
    const long = chunkText('one two three four five six', { maxChars: 10, overlapChars: 0 })
    expect(long.map(({ text }) => text)).toEqual(['one two', 'three four', 'five six'])
    const emoji = chunkText('😀'.repeat(7), { maxChars: 5, overlapChars: 0 })
    expect(emoji.every(({ text }) => text.isWellFormed())).toBe(true)
    expect(emoji.map(({ text }) => text).join('')).toBe('😀'.repeat(7))
  })

  it('of nothing but white space are none', () => {
    expect(chunkText(' \n\t ', { maxChars: 20, overlapChars: 5 })).toEqual([])
  })

  it('are where they say, short enough, in order, and leave out white space alone', () => {
    fc.assert(
      fc.property(texts, options, (text, given) => {
        const chunks = chunkText(text, given)
        let reached = 0
        let last = -1
        for (const { begin, end, text: part } of chunks) {
          expect(text.slice(begin, end)).toBe(part)
          expect(part.length).toBeLessThanOrEqual(given.maxChars)
          expect(text.slice(reached, begin).trim()).toBe('')
          expect(reached - begin).toBeLessThanOrEqual(given.overlapChars)
          expect(begin).toBeGreaterThan(last)
          expect(end).toBeGreaterThan(reached)
          last = begin
          reached = end
        }
        expect(text.slice(reached).trim()).toBe('')
      }),
      { numRuns: 500 },
    )
  })
})
