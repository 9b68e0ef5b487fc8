import fc from 'fast-check'
import { expect, it } from 'vitest'
import { packVector, readVector } from './vectors.ts'

const vectors = fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), {
  ...{ minLength: 1, maxLength: 64 },
})

it('a vector that was packed is the one it was, bit by bit', () => {
  fc.assert(
    fc.property(vectors, (numbers) => {
      const vector = Float32Array.from(numbers)
      expect(readVector(packVector(vector))).toEqual(vector)
      expect(readVector(Array.from(vector))).toEqual(vector)
    }),
  )
})

it('packs as OpenAI does: base64 of little-endian floats', () => {
  expect(packVector(Float32Array.of(1, -2, 0.5))).toBe('AACAPwAAAMAAAAA/')
  const part = new Float32Array([9, 1, -2, 0.5]).subarray(1)
  expect(packVector(part)).toBe('AACAPwAAAMAAAAA/')
})

it.each([
  ['three bytes', 'AAAA'],
  ['nothing', ''],
  ['an empty list', []],
  ['words', ['a']],
  ['null', null],
])('is none where there is %s', (_, value) => {
  expect(readVector(value)).toBeUndefined()
})
