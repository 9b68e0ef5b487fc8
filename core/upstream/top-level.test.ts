import fc from 'fast-check'
import { expect, it } from 'vitest'
import { readTopLevel } from './top-level.ts'

const KEYS = ['model', 'stream']
const read = (text: string) => readTopLevel(Buffer.from(text), KEYS)

/** The same by a parser. */
const parsed = (text: string) => {
  const value = JSON.parse(text)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return new Map()
  return new Map(
    KEYS.flatMap((key) =>
      Object.hasOwn(value, key) && (typeof value[key] === 'string' || value[key] === true)
        ? [[key, value[key]]]
        : [],
    ),
  )
}

it('tells of any JSON what a parser does', () => {
  const value = fc.oneof(
    fc.jsonValue({ maxDepth: 3 }),
    fc.constantFrom<unknown[]>(true, 'm', '"', '\\', '\\"', '{"model":"no"}', 'é\u0000'),
  )
  const key = fc.constantFrom('model', 'stream', 'mod\\el', 'messages', '"model"', 'é')
  const object = fc.array(fc.tuple(key, value), { maxLength: 6 })
  const json = fc.oneof(
    object.map((pairs) => {
      const inner = pairs.map(([name, each]) => `${JSON.stringify(name)} : ${JSON.stringify(each)}`)
      return ` {${inner.join(' ,\n')}} `
    }),
    fc.json({ maxDepth: 3 }),
  )
  fc.assert(
    fc.property(json, (text) => {
      expect(read(text)).toEqual(parsed(text))
    }),
    { numRuns: 3000 },
  )
})

it('reads escapes in keys', () => {
  expect(read('{"\\u006dodel":"\\u006d/\\u00e9"}')).toEqual(new Map([['model', 'm/é']]))
})

it.each(['{"model":', '{"model":"m"', '{"a":[}', '{"model":"m"}}', '"', '{"a":"\\"}', '[', ']'])(
  '%s is no JSON',
  (text) => expect(read(text)).toBeUndefined(),
)

it.each(['[', '{"a":', '[],', '{"\\"":[', '"a",'])(
  '32 MiB of nothing but %s are walked over',
  (unit) => {
    const text = unit.repeat((32 * 1024 ** 2) / unit.length)
    expect(readTopLevel(Buffer.from(text), KEYS)?.size ?? 0).toBe(0)
  },
)
