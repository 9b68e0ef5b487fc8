import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Word } from '../words.ts'
import { joinSeams } from './join-seams.ts'
import { readTranscript } from './read-transcript.ts'
import { rejoinPieces } from './rejoin-pieces.ts'
import { spread } from './spread.ts'

const aWord = fc.stringMatching(/^[\p{L}\p{N}'.,?-]{1,12}$/u)

/** Speech: words one after the other, each at least a tenth of a second long. */
const speech = fc
  .array(
    fc.record({
      word: fc.constantFrom('no', 'yes', 'we', 'ship', 'on', 'Monday.'),
      gap: fc.integer({ min: 0, max: 8 }),
      length: fc.integer({ min: 1, max: 6 }),
    }),
    { maxLength: 60 },
  )
  .map((parts) => {
    let at = 0
    return parts.map(({ word, gap, length }): Word => {
      const start = at + gap / 10
      at = start + length / 10
      return { word, start, end: at }
    })
  })

it('spells every word with its pieces, wherever they were cut', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(aWord, fc.integer({ min: 1, max: 4 })), { maxLength: 40 }),
      (cuts) => {
        let at = 0
        const pieces = cuts.flatMap(([word, size]) =>
          (word.match(new RegExp(`.{1,${size}}`, 'gu')) ?? []).map((piece, index) => {
            at += 1
            return { word: index === 0 ? `▁${piece}` : piece, start: at, end: at + 1 }
          }),
        )
        const words = cuts.map(([word]) => word)
        const joined = rejoinPieces(pieces, words.join(' '))
        expect(joined.map(({ word }) => word)).toEqual(words)
        expect(joined[0]?.start).toBe(pieces[0]?.start)
        expect(joined.at(-1)?.end).toBe(pieces.at(-1)?.end)
      },
    ),
  )
})

it('hears each word of overlapping windows once, whatever the windows', () => {
  fc.assert(
    fc.property(
      speech,
      fc.integer({ min: 2, max: 6 }),
      fc.double({ min: -0.04, max: 0.04, noNaN: true }),
      (words, size, jitter) => {
        // windows of `size` seconds, half of each in the next one too; the second hearing is a bit off
        const last = words.at(-1)?.end ?? 0
        const windows: Word[][] = []
        for (let from = 0; from < last; from += size / 2) {
          const off = windows.length % 2 === 0 ? 0 : jitter
          windows.push(
            words
              .filter((w) => w.start >= from && w.end <= from + size)
              .map((w) => ({ ...w, start: Math.max(0, w.start + off), end: w.end + off })),
          )
        }
        const heard = new Set(
          windows.flat().map(({ word, start }) => `${word} ${Math.round(start * 10)}`),
        )
        const joined = joinSeams(windows.flat())
        expect(joined).toHaveLength(heard.size)
        expect(joined.map(({ start }) => start)).toEqual(
          joined.map(({ start }) => start).sort((a, b) => a - b),
        )
      },
    ),
  )
})

it('leaves speech without seams as it is', () => {
  fc.assert(
    fc.property(speech, (words) => {
      expect(joinSeams(words)).toEqual(words)
    }),
  )
})

it('keeps what is only out of order', () => {
  const [a, b, c]: Word[] = [
    { word: 'a', start: 0, end: 1 },
    { word: 'b', start: 1, end: 2 },
    { word: 'c', start: 2, end: 3 },
  ]
  expect(joinSeams([a, c, b] as Word[])).toEqual([a, b, c])
})

it('spreads words one after the other over exactly the time there is', () => {
  fc.assert(
    fc.property(
      fc.array(aWord, { minLength: 1 }),
      fc.nat(1000),
      fc.nat(1000),
      (words, start, length) => {
        const times = spread(words.join(' '), start, start + length)
        expect(times.map(({ word }) => word)).toEqual(words)
        expect(times[0]?.start).toBe(start)
        expect(times.at(-1)?.end).toBeCloseTo(start + length)
        times.forEach(({ start: from }, at) => {
          if (at > 0) expect(from).toBeCloseTo(times[at - 1]?.end ?? Number.NaN)
        })
      },
    ),
  )
})

it('reads any JSON without harm, to words with times in order', () => {
  const time = fc.oneof(fc.double(), fc.string(), fc.constant(null), fc.integer())
  const word = fc.oneof(fc.anything(), fc.record({ word: fc.string(), start: time, end: time }))
  const answer = fc.record(
    {
      text: fc.string(),
      words: fc.oneof(fc.array(word), fc.anything()),
      segments: fc.oneof(
        fc.array(fc.record({ text: fc.string(), start: time, end: time, words: fc.array(word) })),
        fc.anything(),
      ),
    },
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(answer, fc.option(fc.nat(10_000), { nil: undefined }), (given, audioS) => {
      const { words } = readTranscript(given, {
        words: true,
        ...(audioS !== undefined && { audioS }),
      })
      let before = 0
      for (const { start, end } of words) {
        expect(start).toBeGreaterThanOrEqual(before)
        expect(end).toBeGreaterThanOrEqual(start)
        before = start
      }
    }),
  )
})
