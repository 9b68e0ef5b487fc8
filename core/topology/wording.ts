import type { TSchema } from '@sinclair/typebox'
import { type ValueError, ValueErrorType } from '@sinclair/typebox/errors'
import { count } from '../count.ts'
import type { Mistake } from './mistakes.ts'
import { dotted, lastOf, type Pointer, parentOf, under } from './pointer.ts'
import { type Reading, shown } from './reading.ts'
import { didYouMean, listNames, suggest } from './suggest.ts'
import { EXPECTS, tagOf } from './tags.ts'
import { isMap } from './walk-schema.ts'

/** A schema's complaint as an operator's sentence: what stands there, what belongs there, the way out. */
export function shapeMistake(error: ValueError, at: Pointer, reading: Reading): Mistake {
  const { schema, value, type } = error
  if (type === ValueErrorType.ObjectAdditionalProperties) return unknownKey(schema, at)
  if (value === undefined)
    return {
      at,
      code: 'KEY_MISSING',
      message: `is missing; expected ${expected(schema)}`,
      missing: [at],
    }
  const resolved = reading.resolved.get(at)
  if (resolved)
    return {
      at,
      code: 'VALUE_INVALID',
      message: `is ${JSON.stringify(resolved.written)}, whose value is not ${expected(schema)}`,
    }
  const hint = hintFor(schema, value, at, reading)
  return {
    at,
    code: codeFor(schema, value, type),
    message: `${found(schema, value, at, reading)}; expected ${expectedHere(error)}`,
    ...(hint && { hint }),
  }
}

/** What a schema wants, in words. */
export function expected(schema: TSchema): string {
  if (typeof schema[EXPECTS] === 'string') return schema[EXPECTS]
  const words = literals(schema)
  if (words.length === 1) return words[0] ?? ''
  if (words.length > 1) return `one of ${words.join(', ')}`
  if (Array.isArray(schema.anyOf)) return schema.anyOf.map(expected).join(' or ')
  if (schema.type === 'integer' || schema.type === 'number') return numberExpected(schema)
  if (schema.type === 'string')
    return schema.pattern ? `text that matches ${schema.pattern}` : 'text'
  if (schema.type === 'boolean') return 'true or false'
  if (schema.type === 'array') return 'a list'
  if (schema.type !== 'object') return 'another value'
  const keys = Object.keys(schema.properties ?? {})
  return keys.length > 0 ? `a map of keys (${listed(keys)})` : 'a map of keys'
}

const listed = (keys: readonly string[]): string =>
  keys.length > MOST_KEYS ? `${keys.slice(0, MOST_KEYS).join(', ')} …` : keys.join(', ')

/** Enough to know what is meant; all of them stand in docs/topology.md. */
const MOST_KEYS = 6

function unknownKey(schema: TSchema, at: Pointer): Mistake {
  const name = lastOf(at)
  const place = dotted(parentOf(at)) || 'the file'
  if (schema.patternProperties)
    return {
      at,
      code: 'NAME_INVALID',
      isAboutKey: true,
      message: `"${name.slice(0, 60)}" cannot be a name here; expected ${patternExpected(schema)}`,
      ...nameHint(name, schema),
    }
  const keys = Object.keys(schema.properties ?? {})
  const glued = keys.find((key) => name.startsWith(`${key}:`))
  const meant = suggest(name, keys)
  return {
    at,
    code: 'KEY_UNKNOWN',
    isAboutKey: true,
    message: `is not a key of ${place}`,
    ...(glued !== undefined
      ? { hint: `put a space after the colon of ${glued}:`, meant: under(parentOf(at), glued) }
      : meant === undefined
        ? { hint: `keys here: ${keys.join(', ')}` }
        : { hint: `did you mean "${meant}"?`, meant: under(parentOf(at), meant) }),
  }
}

/** The name with what cannot stand in it left out, if that makes one. */
function nameHint(written: string, schema: TSchema): { hint?: string } {
  const name = written
    .slice(0, 60)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
  const isName = Object.keys(schema.patternProperties).some((pattern) =>
    new RegExp(pattern).test(name),
  )
  return isName ? { hint: `write ${name}` } : {}
}

const patternExpected = (schema: TSchema): string =>
  String(schema[EXPECTS] ?? `a name that matches ${Object.keys(schema.patternProperties)[0]}`)

function codeFor(schema: TSchema, value: unknown, type: ValueErrorType): Mistake['code'] {
  if (schema.type === 'boolean' && booleanWord(value) !== undefined) return 'BOOLEAN_SPELLING'
  return TYPE_ERRORS.has(type) && typeOf(value) !== schema.type ? 'VALUE_TYPE' : 'VALUE_INVALID'
}

const TYPE_ERRORS: ReadonlySet<ValueErrorType> = new Set([
  ValueErrorType.Array,
  ValueErrorType.Boolean,
  ValueErrorType.Integer,
  ValueErrorType.Number,
  ValueErrorType.Object,
  ValueErrorType.String,
])

function found(schema: TSchema, value: unknown, at: Pointer, reading: Reading): string {
  if (value === null) return 'is empty'
  if (value === '') return 'is an empty text'
  if (Array.isArray(value)) return value.length === 0 ? 'is an empty list' : 'is a list'
  if (isMap(value)) return 'is a map of keys'
  return tagOf(schema) === 'secret' ? 'is hidden here' : `is ${shown(reading, at, value)}`
}

/** Bounds of lists and texts are told where they are what was broken. */
function expectedHere({ schema, type, value }: ValueError): string {
  switch (type) {
    case ValueErrorType.ArrayMinItems:
      return `at least ${count(schema.minItems, 'entry', 'entries')}`
    case ValueErrorType.ArrayMaxItems:
      return `at most ${count(schema.maxItems, 'entry', 'entries')}`
    case ValueErrorType.ArrayUniqueItems:
      return `each entry once, but ${firstTwice(value)} stands there twice`
    case ValueErrorType.TupleLength:
      return `a list of ${count(schema.minItems, 'entry', 'entries')}`
    case ValueErrorType.StringMinLength:
      return value === '' ? 'some text' : `at least ${schema.minLength} characters`
    case ValueErrorType.StringMaxLength:
      return `at most ${schema.maxLength} characters`
    case ValueErrorType.Object:
      // of a map of names EXPECTS tells how a name looks
      return schema.patternProperties ? 'a map: a name, and its keys below it' : expected(schema)
    default:
      return expected(schema)
  }
}

function hintFor(
  schema: TSchema,
  value: unknown,
  at: Pointer,
  reading: Reading,
): string | undefined {
  const plain = reading.places.get(at)?.plain
  const type = schema.type
  if (type === 'boolean' && booleanWord(value) !== undefined) return `write ${booleanWord(value)}`
  if (tagOf(schema) === 'duration' && /^\d+$/.test(String(value))) return `add the unit: ${value}s`
  if ((type === 'integer' || type === 'number') && /^-?\d+$/.test(String(value)) && isText(value))
    return `write it without quotes: ${value}`
  if (type === 'string' && plain && (typeof value === 'number' || typeof value === 'boolean'))
    return `put it in quotes: "${plain.slice(0, 60)}"`
  if (schema.patternProperties && Array.isArray(value)) return 'write each name without the "- "'
  if (type === 'array' && plain && isText(value)) return `write a list: [${plain.slice(0, 60)}]`
  if (isText(value)) return didYouMean(value, literals(schema).map(unquote))
  return undefined
}

const isText = (value: unknown): value is string => typeof value === 'string'

function booleanWord(value: unknown): boolean | undefined {
  if (typeof value !== 'string') return undefined
  if (/^(yes|y|on|true)$/i.test(value)) return true
  return /^(no|n|off|false)$/i.test(value) ? false : undefined
}

/** The values of a literal, or of a union of nothing but literals, as they are written. */
function literals(schema: TSchema): string[] {
  if (schema.const !== undefined) return [JSON.stringify(schema.const)]
  if (Array.isArray(schema.enum)) return schema.enum.map((value) => JSON.stringify(value))
  const members = (schema.anyOf ?? []) as TSchema[]
  return members.every((member) => member.const !== undefined) ? members.flatMap(literals) : []
}

const unquote = (text: string): string => text.replace(/^"|"$/g, '')

function numberExpected({ type, minimum, maximum }: TSchema): string {
  const what = type === 'integer' ? 'a whole number' : 'a number'
  if (minimum !== undefined && maximum !== undefined) return `${what} from ${minimum} to ${maximum}`
  if (minimum !== undefined) return `${what}, at least ${minimum}`
  return maximum === undefined ? what : `${what}, at most ${maximum}`
}

const typeOf = (value: unknown): string => {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  return typeof value === 'number' && Number.isInteger(value) ? 'integer' : typeof value
}

function firstTwice(value: unknown): string {
  const items = Array.isArray(value) ? value.map((item) => JSON.stringify(item)) : []
  const twice = items.find((item, index) => items.indexOf(item) < index)
  return twice === undefined ? 'one' : listNames([unquote(twice)])
}
