import type { TSchema } from '@sinclair/typebox'
import { type ValueError, ValueErrorType } from '@sinclair/typebox/errors'
import { Value } from '@sinclair/typebox/value'
import type { Pointer } from './pointer.ts'
import type { Reading } from './reading.ts'
import { durationMs, tagOf } from './tags.ts'
import { walkSchema } from './walk-schema.ts'
import { shapeMistake } from './wording.ts'

/** Checks a tree against its schema and adds every mistake, at most one a path. */
export function checkShape(schema: TSchema, value: unknown, at: Pointer, reading: Reading): void {
  for (const error of Value.Errors(schema, value)) {
    if (reading.mistakes.isFull) return
    for (const narrowed of narrow(error)) {
      const place = at + narrowed.path
      if (!reading.mistakes.covers(place))
        reading.mistakes.add(shapeMistake(narrowed, place, reading))
    }
  }
  checkSpelling(schema, value, at, reading)
}

const WRONG_TYPE: ReadonlySet<ValueErrorType> = new Set([
  ValueErrorType.Array,
  ValueErrorType.Boolean,
  ValueErrorType.Integer,
  ValueErrorType.Literal,
  ValueErrorType.Null,
  ValueErrorType.Number,
  ValueErrorType.Object,
  ValueErrorType.String,
])

/** "Expected union value" says nothing: speaks of the member the writer was after, if that is plain. */
function narrow(error: ValueError): ValueError[] {
  if (error.type !== ValueErrorType.Union) return [error]
  const members = error.errors.map((errors) => [...errors])
  const meant = members.filter(
    (errors) => !errors.some(({ path, type }) => path === error.path && WRONG_TYPE.has(type)),
  )
  const [only] = meant
  return meant.length === 1 && only && only.length > 0 ? only.flatMap(narrow) : [error]
}

/** Values of the right type that other readers of YAML, or other people, take differently. */
function checkSpelling(schema: TSchema, value: unknown, at: Pointer, reading: Reading): void {
  for (const { schema: inner, value: found, at: place } of walkSchema(schema, value, at)) {
    const plain = reading.resolved.has(place) ? undefined : reading.places.get(place)?.plain
    if (typeof found === 'number' && plain !== undefined && !DECIMAL.test(plain))
      reading.mistakes.add({
        at: place,
        code: 'NUMBER_SPELLING',
        message: `is written ${plain.slice(0, 40)}, which not every reader takes for the same number`,
        hint: Number.isFinite(found) ? `write ${spelled(plain, found)}` : 'write a plain number',
      })
    if (tagOf(inner) === 'duration' && typeof found === 'string' && durationMs(found) > LONGEST_MS)
      reading.mistakes.add({
        at: place,
        code: 'VALUE_INVALID',
        message: 'is longer than 24 days',
        hint: 'leave it out for no limit',
      })
  }
}

/** No leading zero, 0x, 0o or .inf. */
const DECIMAL = /^[-+]?(0|[1-9]\d*)?(\.\d*)?(e[-+]?\d+)?$/i
/** Timers count in 32 bits. */
const LONGEST_MS = 24 * 86_400_000

/** A leading zero is a slip; the digits after it are what was meant, in whatever base they are read. */
const spelled = (plain: string, value: number): string =>
  /^0+\d/.test(plain) ? plain.replace(/^0+(?=\d)/, '') : String(value)
