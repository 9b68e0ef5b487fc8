import { FormatRegistry, type TObject, type TSchema } from '@sinclair/typebox'
import { type TypeCheck, TypeCompiler } from '@sinclair/typebox/compiler'
import { Value, type ValueError } from '@sinclair/typebox/value'
import { ControlError, type Detail } from '../errors.ts'
import { didYouMean } from '../topology/suggest.ts'

FormatRegistry.Set('date-time', (text) => !Number.isNaN(Date.parse(text)))

const compiled = new WeakMap<TSchema, TypeCheck<TSchema>>()

/**
 * Checks a caller's input and fills in defaults. `text` values come from a URL, so numbers and
 * booleans are converted first. Throws VALIDATION with one detail a path.
 */
export function checkInput(
  schema: TSchema,
  value: unknown,
  where: 'body' | 'query' | 'params',
): unknown {
  const input = where === 'body' ? value : Value.Convert(schema, value)
  const filled = Value.Default(schema, input)
  const check = checkOf(schema)
  if (check.Check(filled)) return filled
  const details = listDetails(check.Errors(filled), where, schema[PRIVATE] === true)
  const [first] = details
  const more = details.length > 1 ? ` (and ${details.length - 1} more)` : ''
  throw new ControlError(
    'VALIDATION',
    first ? `${first.path}: ${first.message}${more}` : `the ${where} does not fit`,
    { details },
  )
}

/** The keyword of a schema whose values are not to be told again, not even to who sent them. */
export const PRIVATE = 'x-private'

/** The same schema refusing unknown keys, unless it says itself what it thinks of them. */
export function closed<T extends TSchema>(schema: T): T {
  return schema.type === 'object' && !('additionalProperties' in schema) && 'properties' in schema
    ? { ...schema, additionalProperties: false }
    : schema
}

/** Whether `value` fits `schema`; compiled once per schema object. */
export const fits = (schema: TSchema, value: unknown): boolean => checkOf(schema).Check(value)

/** One detail a path, in the order of the schema; union noise is folded into one sentence. */
export function listDetails(errors: Iterable<ValueError>, root = '', isPrivate = false): Detail[] {
  const byPath = new Map<string, string>()
  for (const error of errors) {
    const isUnknown = error.message === 'Unexpected property'
    const path = (isPrivate && isUnknown ? '' : dotted(error.path)) || root
    if (!byPath.has(path)) byPath.set(path, isPrivate ? describeUnseen(error) : describe(error))
  }
  return [...byPath].map(([path, message]) => ({ path, message }))
}

function describe(error: ValueError): string {
  const { schema, value } = error
  if (error.message === 'Unexpected property') return `is not a key here${keysHere(error)}`
  if (error.message === 'Expected required property') return 'is missing'
  const allowed = (schema.anyOf as TSchema[] | undefined)?.map((s) => s.const ?? s.type)
  if (allowed) return `is ${show(value)}; expected one of ${allowed.map(show).join(', ')}`
  if (schema.description && schema.pattern)
    return `is ${show(value)}; expected: ${schema.description}`
  if (schema.pattern) return `is ${show(value)}; it must match ${schema.pattern}`
  return `is ${show(value)}; ${error.message.replace(/^Expected/, 'expected')}`
}

/** The same without the value: a body that holds what must not get around. */
function describeUnseen({ message, schema }: ValueError): string {
  if (message === 'Unexpected property')
    return `has a key that is not one here; there are ${keysOf(schema).join(', ')}`
  return message === 'Expected required property' ? 'is missing' : 'does not fit the schema'
}

/** The key that was meant, if that is plain; else all there are. */
function keysHere({ schema, path }: ValueError): string {
  const keys = keysOf(schema)
  const meant = didYouMean(path.slice(path.lastIndexOf('/') + 1), keys)
  if (meant !== undefined) return `; ${meant}`
  return keys.length > 0 ? `; there are ${keys.join(', ')}` : ''
}

const keysOf = (schema: TSchema): string[] => Object.keys(schema.properties ?? {})

const show = (value: unknown): string => {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 80 ? `${text.slice(0, 77)}…` : text
}

const dotted = (pointer: string): string =>
  pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .join('.')

function checkOf(schema: TSchema): TypeCheck<TSchema> {
  const known = compiled.get(schema)
  if (known) return known
  const check = TypeCompiler.Compile(schema)
  compiled.set(schema, check)
  return check
}

/** An object schema with extra properties added; for the query keys every operate route has. */
export const extend = (schema: TObject | undefined, extra: TObject): TObject => ({
  ...extra,
  ...schema,
  properties: { ...extra.properties, ...schema?.properties },
})
