import fc from 'fast-check'
import { expect, it } from 'vitest'
import { isPointId, pointIdOf, uuidV5 } from './point-id.ts'

it('is the UUIDv5 of RFC 9562', () => {
  const dns = '6ba7b810-9dad-11d1-80b4-00c04fd430c8'
  expect(uuidV5(dns, 'www.example.com')).toBe('2ed6657d-e927-568b-95e1-2665a8aea6a2')
})

it.each([
  [7, true],
  [0, true],
  [Number.MAX_SAFE_INTEGER, true],
  [-1, false],
  [1.5, false],
  [2 ** 60, false],
  ['550e8400-e29b-41d4-a716-446655440000', true],
  ['550E8400-E29B-41D4-A716-446655440000', true],
  ['../x', false],
  ['7', false],
])('%s as an id: %s', (id, expected) => {
  expect(isPointId(id)).toBe(expected)
})

it('of the first chunk is the document’s own where Qdrant takes it', () => {
  expect(pointIdOf(7, 0)).toBe(7)
  const uuid = '550E8400-E29B-41D4-A716-446655440000'
  expect(pointIdOf(uuid, 0)).toBe(uuid.toLowerCase())
})

it('is the same every time, valid, and another for every document and chunk', () => {
  const ids = fc.string({
    unit: fc.constantFrom('a', 'b', '1', '#', ':', '-'),
    minLength: 1,
    maxLength: 4,
  })
  const places = fc.uniqueArray(fc.tuple(ids, fc.integer({ min: 0, max: 20 })), {
    selector: ([id, chunk]) => `${id}\n${chunk}`,
    maxLength: 40,
  })
  fc.assert(
    fc.property(places, (all) => {
      const made = all.map(([id, chunk]) => pointIdOf(id, chunk))
      expect(new Set(made.map(String)).size).toBe(all.length)
      expect(made.every(isPointId)).toBe(true)
      expect(all.map(([id, chunk]) => pointIdOf(id, chunk))).toEqual(made)
    }),
  )
})
