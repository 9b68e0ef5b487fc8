import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Lines, MAX_LINE, Tail } from './output.ts'

/** Cuts bytes at the given places, as a network does. */
function pieces(bytes: Buffer, cuts: number[]): Buffer[] {
  const at = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b)
  return [0, ...at].map((from, i) => bytes.subarray(from, at[i] ?? bytes.length))
}

function linesOf(chunks: Buffer[]): string[] {
  const lines: string[] = []
  const reader = new Lines((line) => lines.push(line))
  for (const chunk of chunks) reader.push(chunk)
  reader.end()
  return lines
}

describe('lines', () => {
  it.each([
    ['a\nb\n', ['a', 'b']],
    ['a\nb', ['a', 'b']],
    ['a\r\nb\r\n', ['a', 'b']],
    ['a\n\nb\n', ['a', '', 'b']],
    ['a\r\n\r\nb', ['a', '', 'b']],
    ['\r 10%\r 20%\rdone\n', [' 10%', ' 20%', 'done']],
    ['', []],
    ['\n', ['']],
  ])('of %j are %j', (text, expected) => {
    expect(linesOf([Buffer.from(text)])).toEqual(expected)
  })

  it('do not depend on how the stream was cut', () => {
    const text = fc.string({ unit: fc.constantFrom('a', '\r', '\n', 'ä', '😀') })
    fc.assert(
      fc.property(text, fc.array(fc.nat()), (value, cuts) => {
        const bytes = Buffer.from(value)
        expect(linesOf(pieces(bytes, cuts))).toEqual(linesOf([bytes]))
      }),
    )
  })

  it('that never end come in pieces', () => {
    expect(linesOf([Buffer.from('x'.repeat(2 * MAX_LINE + 5))]).map((line) => line.length)).toEqual(
      [MAX_LINE, MAX_LINE, 5],
    )
  })
})

describe('the kept tail', () => {
  it('is the end of the stream, whatever the cuts', () => {
    const text = fc.string({ maxLength: 200 })
    fc.assert(
      fc.property(text, fc.array(fc.nat()), fc.nat(100), (value, cuts, most) => {
        const bytes = Buffer.from(value)
        const tail = new Tail(most)
        for (const piece of pieces(bytes, cuts)) tail.push(piece)
        expect(tail.text().length).toBeLessThanOrEqual(most)
        expect(value.endsWith(tail.text())).toBe(true)
        expect(tail.isTruncated).toBe(bytes.length > most)
        if (!tail.isTruncated) expect(tail.text()).toBe(value)
      }),
    )
  })

  it('begins with a whole character', () => {
    const tail = new Tail(6)
    tail.push(Buffer.from('漢漢漢'.concat('x')))
    expect(tail.text()).toBe('漢x')
  })
})
