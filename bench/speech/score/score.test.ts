import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { align, distance, plain } from './align.ts'
import { cpWer, type Said } from './cpwer.ts'
import { wder } from './wder.ts'

const list = (text: string) => text.split(' ').filter(Boolean)

describe('alignment', () => {
  it.each([
    ['a b c', 'a b c', [0, 1, 2]],
    ['a x c', 'a b c', [0, 1, 2]],
    ['a c', 'a b c', [0, 2]],
    ['a b x c', 'a b c', [0, 1, -1, 2]],
    ['', 'a b', []],
    ['a b', '', [-1, -1]],
  ])('of "%s" with "%s"', (hypothesis, reference, aligned) => {
    expect(Array.from(align(list(hypothesis), list(reference)))).toEqual(aligned)
  })

  it('has as many errors as the distance says', () => {
    const words = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 12 })
    fc.assert(
      fc.property(words, words, (a, b) => {
        const aligned = Array.from(align(a, b))
        const paired = aligned.filter((index) => index >= 0)
        expect(paired).toEqual([...new Set(paired)].sort((x, y) => x - y))
        const changed = aligned.filter((index, row) => index >= 0 && b[index] !== a[row]).length
        expect(changed + (a.length - paired.length) + (b.length - paired.length)).toBe(
          distance(a, b),
        )
        expect(distance(a, b)).toBe(distance(b, a))
      }),
    )
  })

  it('compares words without case and marks', () => {
    expect([plain('Morning,'), plain("Let's"), plain('—')]).toEqual(['morning', 'lets', ''])
  })
})

describe('WDER', () => {
  it.each([
    ['1 1 2 2', 'A A B B', 0, 4],
    // one word of A under the label of B
    ['1 2 2 2', 'A A B B', 1, 4],
    // labels mean nothing: 2 is A and 1 is B
    ['2 2 1 1', 'A A B B', 0, 4],
    // two labels for one speaker: only one of them can be right
    ['1 1 1 2 2', 'A A A A A', 2, 5],
    // one label for two speakers
    ['1 1 1 1 1', 'A A A B B', 2, 5],
    // a word without a speaker is wrong, one that is aligned with nothing does not count
    ['1 - 2 2 1', 'A A B B -', 1, 4],
    ['- -', 'A B', 2, 2],
    ['', '', 0, 0],
  ])('of %s where it is %s', (given, truth, wrong, aligned) => {
    const speakers = (text: string) => list(text).map((each) => (each === '-' ? null : each))
    expect(wder(speakers(given), speakers(truth))).toEqual({ wrong, aligned })
  })
})

describe('cpWER', () => {
  /** `A: a b | B: c` */
  const said = (text: string): Said[] =>
    text.split('|').flatMap((part) => {
      const [speaker = '', words = ''] = part.split(':').map((each) => each.trim())
      return list(words).map((word) => ({ word, speaker }))
    })
  it.each([
    ['x: a b c | y: d e', 'A: a b c | B: d e', 0, 5],
    ['x: d e | y: a b', 'A: a b c | B: d e', 1, 5],
    // a word under the wrong speaker is missing there and too much here
    ['x: a b | y: c d e', 'A: a b c | B: d e', 2, 5],
    // what nobody of the reference says is all wrong
    ['x: a b c | y: d e | z: f', 'A: a b c | B: d e', 1, 5],
    ['x: a b c d e', 'A: a b c | B: d e', 4, 5],
    ['x: a b | y: b c', 'A: a b c', 3, 3],
    ['', 'A: a b', 2, 2],
  ])('of "%s" where it is "%s"', (hypothesis, reference, errors, words) => {
    expect(cpWer(said(hypothesis), said(reference))).toEqual({ errors, words })
  })
})
