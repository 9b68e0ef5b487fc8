import type { Point } from './collection.ts'
import { listOf, malformed, objectOf } from './refuse.ts'

type Payload = Record<string, unknown>
export type Test = (point: Point) => boolean

const EVERYTHING: Test = () => true

/** A filter of Qdrant as a test of points. Unknown keys are refused, as Qdrant does. */
export function compileFilter(input: unknown): Test {
  if (input === undefined || input === null) return EVERYTHING
  const filter = objectOf(input, 'struct Filter')
  for (const key of Object.keys(filter))
    if (!['must', 'should', 'must_not', 'min_should'].includes(key))
      throw malformed(
        `unknown field \`${key}\`, expected one of should, min_should, must, must_not`,
      )
  const must = conditions(filter.must)
  const should = conditions(filter.should)
  const mustNot = conditions(filter.must_not)
  const least = filter.min_should ? objectOf(filter.min_should, 'struct MinShould') : undefined
  const some = conditions(least?.conditions)
  const count = Number(least?.min_count ?? 0)
  return (point) =>
    must.every((test) => test(point)) &&
    (should.length === 0 || should.some((test) => test(point))) &&
    !mustNot.some((test) => test(point)) &&
    some.filter((test) => test(point)).length >= count
}

const conditions = (input: unknown): Test[] =>
  input === undefined || input === null ? [] : [input].flat().map(compileCondition)

function compileCondition(input: unknown): Test {
  const condition = objectOf(input, 'a condition')
  if ('has_id' in condition) {
    const ids = new Set(listOf(condition.has_id, 'ids').map(String))
    return ({ id }) => ids.has(String(id))
  }
  if ('is_empty' in condition)
    return ({ payload }) => isEmpty(valuesAt(payload, keyIn(condition.is_empty)))
  if ('is_null' in condition)
    return ({ payload }) => valuesAt(payload, keyIn(condition.is_null)).includes(null)
  if ('nested' in condition) return compileNested(objectOf(condition.nested, 'struct Nested'))
  if ('key' in condition) return compileField(condition)
  return compileFilter(condition)
}

function compileNested({ key, filter }: Record<string, unknown>): Test {
  const test = compileFilter(filter)
  return (point) =>
    valuesAt(point.payload, String(key)).some(
      (value) =>
        typeof value === 'object' &&
        value !== null &&
        test({ ...point, payload: value as Payload }),
    )
}

function compileField(condition: Record<string, unknown>): Test {
  const key = String(condition.key)
  if (condition.match) {
    const matches = compileMatch(objectOf(condition.match, 'struct Match'))
    return ({ payload }) => valuesAt(payload, key).some(matches)
  }
  if (condition.range) {
    const within = compileRange(objectOf(condition.range, 'struct Range'))
    return ({ payload }) => valuesAt(payload, key).some(within)
  }
  if (condition.values_count) {
    const within = compileRange(objectOf(condition.values_count, 'struct ValuesCount'))
    return ({ payload }) => within(valuesAt(payload, key).length)
  }
  throw malformed('data did not match any variant of untagged enum Condition')
}

function compileMatch(match: Record<string, unknown>): (value: unknown) => boolean {
  const words = (text: unknown): string[] => [
    ...(String(text)
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? []),
  ]
  if ('value' in match) return (value) => value === match.value
  if ('any' in match) {
    const any = new Set(listOf(match.any, 'a sequence'))
    return (value) => any.has(value)
  }
  if ('except' in match) {
    const except = new Set(listOf(match.except, 'a sequence'))
    return (value) => !except.has(value)
  }
  if ('text' in match)
    return (value) => words(match.text).every((word) => words(value).includes(word))
  if ('text_any' in match)
    return (value) => words(match.text_any).some((word) => words(value).includes(word))
  if ('phrase' in match)
    return (value) => ` ${words(value).join(' ')} `.includes(` ${words(match.phrase).join(' ')} `)
  if ('prefix' in match)
    return (value) => typeof value === 'string' && value.startsWith(String(match.prefix))
  throw malformed('data did not match any variant of untagged enum Match')
}

function compileRange(range: Record<string, unknown>): (value: unknown) => boolean {
  const numberOf = (value: unknown) =>
    typeof value === 'string' ? Date.parse(value) : Number(value)
  const bound = (name: string, holds: (value: number, limit: number) => boolean) => {
    const limit = range[name]
    return limit === undefined || limit === null
      ? () => true
      : (value: number) => holds(value, numberOf(limit))
  }
  const tests = [
    bound('gt', (value, limit) => value > limit),
    bound('gte', (value, limit) => value >= limit),
    bound('lt', (value, limit) => value < limit),
    bound('lte', (value, limit) => value <= limit),
  ]
  return (value) =>
    (typeof value === 'number' || typeof value === 'string') &&
    tests.every((test) => test(numberOf(value)))
}

const keyIn = (input: unknown): string => String(objectOf(input, 'a payload field').key)

const isEmpty = (values: unknown[]): boolean => values.every((value) => value === null)

/** Values under a key such as `author.name` or `tags[]`; a list counts as its elements. */
export function valuesAt(payload: Payload, key: string): unknown[] {
  let values: unknown[] = [payload]
  for (const part of key.split('.')) {
    const [, name = part, index] = /^(.*?)(?:\[(\d*)\])?$/.exec(part) ?? []
    values = values.flatMap((value) => {
      const found =
        typeof value === 'object' && value !== null ? (value as Payload)[name] : undefined
      if (found === undefined) return []
      return Array.isArray(found) && index ? [found[Number(index)]] : found
    })
  }
  return values
}
