import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatMix, parseMix } from './mix.ts'

describe('a voice in a request', () => {
  it.each([
    ['af_heart', [['+', 'af_heart', 1]]],
    [
      ' af_heart + am_adam ',
      [
        ['+', 'af_heart', 1],
        ['+', 'am_adam', 1],
      ],
    ],
    [
      'a(2)+b(.5)-c(1e-1)',
      [
        ['+', 'a', 2],
        ['+', 'b', 0.5],
        ['-', 'c', 0.1],
      ],
    ],
    [
      'a(1e+2)+b',
      [
        ['+', 'a', 100],
        ['+', 'b', 1],
      ],
    ],
  ])('%j is a mix', (written, parts) => {
    expect(parseMix(written).map(({ sign, voice, weight }) => [sign, voice, weight])).toEqual(parts)
  })

  it.each([
    ['', 'empty'],
    ['  ', 'empty'],
    ['+a', 'begins with "+"'],
    ['-a', 'begins with "-"'],
    ['a+', 'ends with "+"'],
    ['a++b', '"++"'],
    ['a+-b', '"+-"'],
    ['a--b', '"--"'],
    ['a(0)', 'above 0'],
    ['a(-1)', 'above 0'],
    ['a(nan)', 'above 0'],
    ['a(Infinity)', 'above 0'],
    ['a(1e999)', 'above 0'],
    ['a(0x10)', 'above 0'],
    ['a()', 'above 0'],
    ['a(1', 'brackets'],
    ['a)', 'brackets'],
    ['(1)', 'brackets'],
    ['a(1)(2)', 'brackets'],
    ['a(1)b', '"+" or "-" is missing'],
    ['x'.repeat(1001), 'longer than'],
    [Array.from({ length: 21 }, () => 'a').join('+'), 'more than 20'],
  ])('%j is refused with the reason', (written, why) => {
    expect(() => parseMix(written)).toThrow(
      expect.objectContaining({
        code: 'VOICE_MIX_INVALID',
        status: 400,
        message: expect.stringContaining(why),
        details: [expect.objectContaining({ path: 'voice' })],
      }),
    )
  })

  it('reads back what it writes', () => {
    const part = fc.record({
      voice: fc.stringMatching(/^[a-z_.0-9]{1,12}$/),
      sign: fc.constantFrom('+' as const, '-' as const),
      weight: fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
    })
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 20 }), (parts) => {
        const [first, ...rest] = parts
        const mix = [{ ...(first as (typeof parts)[0]), sign: '+' as const }, ...rest]
        expect(parseMix(formatMix(mix))).toEqual(mix)
      }),
    )
  })

  it('is parsed or refused, never anything else', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ab_+-()1.e ') }), (text) => {
        try {
          for (const { weight } of parseMix(text)) expect(weight).toBeGreaterThan(0)
        } catch (thrown) {
          expect(thrown).toMatchObject({ code: 'VOICE_MIX_INVALID' })
        }
      }),
    )
  })
})
