import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { thorough } from '../../../core/testing/thorough.ts'
import { HOSTILE_SHAPES, hostile } from './hostile-shapes.ts'
import { createDetector, type Finding } from './index.ts'
import { foundBy } from './testing.ts'

const detector = createDetector({ regions: [], deny: ['some term'], allow: ['fine'], patterns: [] })
const found = foundBy()

function expectOrder(text: string, findings: readonly Finding[]): void {
  for (const [i, { start, end }] of findings.entries()) {
    expect(start).toBeGreaterThanOrEqual(findings[i - 1]?.end ?? 0)
    expect(end).toBeGreaterThan(start)
    expect(end).toBeLessThanOrEqual(text.length)
  }
}

describe('the detector', () => {
  it.each([
    'alice%40example.com',
    'alice&#64;example.com',
    '\\u0061lice@example.com',
    'ａｌｉｃｅ＠ｅｘａｍｐｌｅ．ｃｏｍ',
    'al\u200bice@exa\u00admple.com',
  ])('sees through the disguise of %j', (address) => {
    expect(found(`to ${address} now`)).toContain(`EMAIL ${address}`)
  })

  it('masks each of several values in a row', () => {
    const text = 'a@example.com b@example.com c@example.com'
    expect(found(text)).toEqual(text.split(' ').map((address) => `EMAIL ${address}`))
  })

  it('gives sorted, disjoint findings inside the text, whatever the text', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 12 }),
      fc.constantFrom(
        ' ',
        '\n',
        'bob@example.com',
        '10.0.0.1',
        'Mr. ',
        '%40',
        '&#64;',
        '+49 30 901820',
        '[[',
        'Marta ',
      ),
    )
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 12 }),
        fc.constantFrom('strict', 'balanced'),
        (pieces, mode) => {
          const text = pieces.join('')
          expectOrder(text, detector.detect(text, { mode }))
        },
      ),
      { numRuns: thorough(500, 20) },
    )
  })

  it('finds no less in strict than in balanced', () => {
    const text = 'Marta met Bob (bob@example.com) in Dresden on 3 May 2021; ring 030 901820.'
    const covered = (mode: 'strict' | 'balanced') =>
      detector
        .detect(text, { mode })
        .map(({ start, end }) => text.slice(start, end))
        .join('')
    for (const letter of covered('balanced')) expect(covered('strict')).toContain(letter)
  })

  it('comes through texts made to hang it', () => {
    for (const shape of HOSTILE_SHAPES) {
      const text = hostile(shape, thorough(10_000, 800))
      expectOrder(text, detector.detect(text, { mode: 'strict' }))
    }
  })
})
