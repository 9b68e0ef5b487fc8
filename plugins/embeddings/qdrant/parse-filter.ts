import { ControlError, type Detail, type TSchema, Value } from '#core'
import { CONDITIONS, type Condition, type Filter, MATCHES, MinShould, Nested } from './filter.ts'
import { isPointId } from './point-id.ts'

const DEEPEST = 8
const MOST_CONDITIONS = 256
const LISTS = ['must', 'should', 'must_not'] as const

/** A caller's filter with nothing in it that was not checked. Throws VALIDATION with every mistake. */
export function parseFilter(input: unknown, root = 'filter'): Filter {
  const walk: Walk = { details: [], conditions: 0 }
  const filter = readFilter(walk, input, root, 0)
  if (walk.conditions > MOST_CONDITIONS)
    note(walk, root, `has ${walk.conditions} conditions; at most ${MOST_CONDITIONS}`)
  const [first] = walk.details
  if (!first) return filter
  const details = walk.details.slice(0, 20)
  throw new ControlError('VALIDATION', `${first.path}: ${first.message}`, { details })
}

interface Walk {
  details: Detail[]
  conditions: number
}

const note = (walk: Walk, path: string, message: string): void =>
  void walk.details.push({ path, message })

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function readFilter(walk: Walk, input: unknown, at: string, depth: number): Filter {
  const filter: Filter = {}
  if (!isObject(input)) note(walk, at, 'expected an object with must, should or must_not')
  else if (depth > DEEPEST) note(walk, at, `is nested deeper than ${DEEPEST}`)
  else {
    for (const key of Object.keys(input))
      if (key !== 'min_should' && !LISTS.some((list) => list === key))
        note(
          walk,
          `${at}.${key}`,
          'is not a key here; a filter has must, should, must_not, min_should',
        )
    for (const list of LISTS)
      if (input[list] !== undefined)
        filter[list] = readList(walk, input[list], `${at}.${list}`, depth)
    if (input.min_should !== undefined) {
      const { min_should } = input
      if (fitsOr(walk, MinShould, min_should, `${at}.min_should`)) {
        const { min_count, conditions } = min_should as { min_count: number; conditions: unknown[] }
        const path = `${at}.min_should.conditions`
        filter.min_should = { min_count, conditions: readList(walk, conditions, path, depth) }
      }
    }
  }
  return filter
}

/** One condition may stand without its brackets, as Qdrant takes it. */
function readList(walk: Walk, input: unknown, at: string, depth: number): Condition[] {
  const list = Array.isArray(input) ? input : [input]
  walk.conditions += list.length
  if (walk.conditions > MOST_CONDITIONS) return []
  return list.flatMap((each, n) => readCondition(walk, each, `${at}.${n}`, depth) ?? [])
}

function readCondition(
  walk: Walk,
  input: unknown,
  at: string,
  depth: number,
): Condition | undefined {
  if (!isObject(input)) return void note(walk, at, 'expected a condition such as { key, match }')
  if ('nested' in input) return readNested(walk, input, at, depth)
  const name = Object.keys(CONDITIONS).find((key) => key in input) as keyof typeof CONDITIONS
  if (name === undefined) return readFilter(walk, input, at, depth + 1)
  // the inside of a match is looked at below, by the one key it has
  const shape = name === 'match' ? { ...input, match: {} } : input
  if (!fitsOr(walk, CONDITIONS[name], shape, at)) return undefined
  if (name === 'match') return readMatch(walk, input, at)
  if (name === 'has_id' && !(input.has_id as unknown[]).every(isPointId))
    return void note(walk, `${at}.has_id`, 'ids are unsigned integers or UUIDs')
  return input as unknown as Condition
}

function readMatch(walk: Walk, input: Record<string, unknown>, at: string): Condition | undefined {
  const { key, match } = input
  const names = isObject(match) ? Object.keys(match) : []
  const [name] = names
  if (name === undefined || names.length > 1 || !Object.hasOwn(MATCHES, name))
    return void note(walk, `${at}.match`, `expected one of ${Object.keys(MATCHES).join(', ')}`)
  if (!fitsOr(walk, MATCHES[name as keyof typeof MATCHES], match, `${at}.match`)) return undefined
  return { key, match } as Condition
}

function readNested(
  walk: Walk,
  input: Record<string, unknown>,
  at: string,
  depth: number,
): Condition | undefined {
  const { nested, ...rest } = input
  for (const key of Object.keys(rest)) note(walk, `${at}.${key}`, 'is not a key beside nested')
  const shape = isObject(nested) && isObject(nested.filter) ? { ...nested, filter: {} } : nested
  if (!fitsOr(walk, Nested, shape, `${at}.nested`)) return undefined
  const { key, filter } = nested as { key: string; filter: unknown }
  return { nested: { key, filter: readFilter(walk, filter, `${at}.nested.filter`, depth + 1) } }
}

/** Whether a value fits; notes the first mistake if not. */
function fitsOr(walk: Walk, schema: TSchema, value: unknown, at: string): boolean {
  if (Value.Check(schema, value)) return true
  const error = Value.Errors(schema, value).First()
  const path = (error?.path ?? '').split('/').join('.')
  const expected = error?.schema.pattern && error.schema.description
  note(walk, `${at}${path}`, expected ? `expected ${expected}` : (error?.message ?? 'does not fit'))
  return false
}
