import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileFilter } from '../../../sandbox/search/match-filter.ts'
import { parseFilter } from './parse-filter.ts'

const keys = fc.constantFrom('city', 'author.name', 'tags[]', 'parts[0].size', '_document.id')
const plain = fc.oneof(
  fc.record({
    key: keys,
    match: fc.oneof(
      fc.record({ value: fc.oneof(fc.string(), fc.integer(), fc.boolean()) }),
      fc.record({ any: fc.array(fc.string(), { maxLength: 4 }) }),
      fc.record({ except: fc.array(fc.integer(), { maxLength: 4 }) }),
      fc.record({ text: fc.string({ minLength: 1 }) }),
      fc.record({ phrase: fc.string({ minLength: 1 }) }),
      fc.record({ prefix: fc.string({ minLength: 1 }) }),
    ),
  }),
  fc.record({
    key: keys,
    range: fc.record({
      gte: fc.double({ noNaN: true, noDefaultInfinity: true }),
      lt: fc.integer(),
    }),
  }),
  fc.record({ key: keys, values_count: fc.record({ gt: fc.nat() }) }),
  fc.record({ has_id: fc.array(fc.nat(), { maxLength: 4 }) }),
  fc.record({ is_empty: fc.record({ key: keys }) }),
  fc.record({ is_null: fc.record({ key: keys }) }),
)
const { filter } = fc.letrec((tie) => ({
  condition: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    plain,
    fc.record({ nested: fc.record({ key: keys, filter: tie('filter') }) }),
    tie('filter'),
  ),
  filter: fc.record(
    {
      must: fc.array(tie('condition'), { maxLength: 3 }),
      should: fc.array(tie('condition'), { maxLength: 3 }),
      must_not: fc.array(tie('condition'), { maxLength: 3 }),
      min_should: fc.record({
        conditions: fc.array(tie('condition'), { maxLength: 2 }),
        min_count: fc.integer({ min: 1, max: 9 }),
      }),
    },
    { requiredKeys: [] },
  ),
}))

const refusal = (input: unknown) => {
  try {
    parseFilter(input)
  } catch (error) {
    return error as { code: string; details: { path: string; message: string }[] }
  }
  return undefined
}

describe('a filter', () => {
  it('of every shape comes out as it went in, and Qdrant takes it', () => {
    fc.assert(
      fc.property(filter, (input) => {
        fc.pre(!refusal(input) || JSON.stringify(input).length < 4_000)
        expect(parseFilter(input)).toEqual(input)
        expect(() => compileFilter(parseFilter(input))).not.toThrow()
      }),
      { numRuns: 300 },
    )
  })

  it('with one condition needs no brackets', () => {
    const one = { key: 'city', match: { value: 'Bern' } }
    expect(parseFilter({ must: one })).toEqual({ must: [one] })
  })

  it.each([
    ['no filter', 7, 'filter', 'expected an object'],
    ['a word misspelt', { mustt: [] }, 'filter.mustt', 'is not a key here'],
    ['a key of the prototype', JSON.parse('{"__proto__": []}'), 'filter.__proto__', 'is not a key'],
    ['a condition that is none', { must: ['x'] }, 'filter.must.0', 'expected a condition'],
    [
      'an unknown condition',
      { must: [{ key: 'a', geo: {} }] },
      'filter.must.0.key',
      'is not a key',
    ],
    [
      'an unknown match',
      { must: [{ key: 'a', match: { like: 'x' } }] },
      'filter.must.0.match',
      'expected one of value',
    ],
    [
      'two matches',
      { must: [{ key: 'a', match: { value: 1, text: 'x' } }] },
      'filter.must.0.match',
      'expected one of',
    ],
    [
      'more beside a match',
      { must: [{ key: 'a', match: { value: 1 }, x: 1 }] },
      'filter.must.0.x',
      'Unexpected',
    ],
    [
      'an odd field',
      { must: [{ key: 'a"]', match: { value: 1 } }] },
      'filter.must.0.key',
      'a payload key such as',
    ],
    ['an empty range', { must: [{ key: 'a', range: {} }] }, 'filter.must.0.range', 'at least 1'],
    [
      'a range of words',
      { must: [{ key: 'a', range: { gt: 'x' } }] },
      'filter.must.0.range.gt',
      'union',
    ],
    [
      'an id that is none',
      { must: [{ has_id: ['..'] }] },
      'filter.must.0.has_id',
      'unsigned integers or UUIDs',
    ],
    [
      'more beside nested',
      { must: [{ nested: { key: 'a', filter: {} }, key: 'b' }] },
      'filter.must.0.key',
      'beside nested',
    ],
    [
      'a mistake deep inside',
      { should: [{ nested: { key: 'a', filter: { must: [{ is_null: {} }] } } }] },
      'filter.should.0.nested.filter.must.0.is_null.key',
      'a payload key',
    ],
    [
      'a count of none',
      { min_should: { conditions: [], min_count: 0 } },
      'filter.min_should.min_count',
      'greater or equal to 1',
    ],
  ])('with %s is refused, and the place is named', (_, input, path, words) => {
    const error = refusal(input)
    expect(error?.code).toBe('VALIDATION')
    expect(error?.details[0]).toEqual({ path, message: expect.stringContaining(words) })
  })

  it('is as deep and as wide as a filter is at most', () => {
    let deep: object = {}
    for (let n = 0; n < 10_000; n++) deep = { must: [deep] }
    expect(refusal(deep)?.details[0]?.message).toContain('nested deeper than 8')
    const many = { must: Array.from({ length: 300 }, () => ({ is_null: { key: 'a' } })) }
    expect(refusal(many)?.details[0]?.message).toContain('at most 256')
    expect(
      refusal({ must: [{ has_id: Array.from({ length: 2_000 }, (_, n) => n) }] }),
    ).toBeDefined()
  })
})
