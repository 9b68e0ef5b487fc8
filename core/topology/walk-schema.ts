import type { TSchema } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { type Pointer, under } from './pointer.ts'

/** A value with the schema that governs it. `value` is undefined for keys that are not there. */
export interface Governed {
  schema: TSchema
  value: unknown
  at: Pointer
}

/**
 * Every value of a tree with its schema, outermost first, keys that are absent included. Of a union
 * the member that fits goes on. `enter` false leaves out what lies below.
 */
export function* walkSchema(
  schema: TSchema,
  value: unknown,
  at: Pointer,
  enter: (governed: Governed) => boolean = () => true,
): Generator<Governed> {
  const governed = { schema, value, at }
  yield governed
  if (!enter(governed)) return
  if (isList(schema.anyOf)) {
    const member = schema.anyOf.find((candidate) => Value.Check(candidate, value))
    if (member) yield* walkSchema(member, value, at, enter)
  } else if (Array.isArray(value)) {
    if (isSchema(schema.items))
      for (const [index, item] of value.entries())
        yield* walkSchema(schema.items, item, under(at, index), enter)
  } else if (isMap(value)) {
    const keys = new Set([...Object.keys(schema.properties ?? {}), ...Object.keys(value)])
    for (const key of keys) {
      const inner = schemaOfKey(schema, key)
      const item = Object.hasOwn(value, key) ? value[key] : undefined
      if (inner) yield* walkSchema(inner, item, under(at, key), enter)
    }
  }
}

/** The schema of one key of a map: a named one, or by the pattern of a record. */
export function schemaOfKey(schema: TSchema, key: string): TSchema | undefined {
  const named = schema.properties as Record<string, TSchema> | undefined
  if (named && Object.hasOwn(named, key)) return named[key]
  const patterns = schema.patternProperties as Record<string, TSchema> | undefined
  for (const [pattern, inner] of Object.entries(patterns ?? {}))
    if (new RegExp(pattern).test(key)) return inner
  return isSchema(schema.additionalProperties) ? schema.additionalProperties : undefined
}

/** Whether a value is a map of keys. */
export const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isSchema = (value: unknown): value is TSchema => typeof value === 'object' && value !== null
const isList = (value: unknown): value is TSchema[] => Array.isArray(value)
