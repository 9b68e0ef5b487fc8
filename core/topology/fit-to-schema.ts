import type { TSchema } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import type { Interpolated } from './interpolate.ts'
import { type Pointer, under } from './pointer.ts'
import { isMap, schemaOfKey } from './walk-schema.ts'

/**
 * The tree with defaults filled in, and with texts from placeholders turned into the numbers and
 * booleans the schema wants there. Texts that the file itself holds stay: "8888" in quotes is a text.
 */
export function fitToSchema(
  schema: TSchema,
  value: unknown,
  at: Pointer,
  resolved: Interpolated['resolved'],
): unknown {
  if (typeof value === 'string') return resolved.has(at) ? fitText(schema, value) : value
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(schema.anyOf)) {
    const fitted = (schema.anyOf as TSchema[]).map((member) => ({
      member,
      value: fitToSchema(member, value, at, resolved),
    }))
    return fitted.find((one) => Value.Check(one.member, one.value))?.value ?? value
  }
  if (Array.isArray(value)) {
    const items = schema.items as TSchema | undefined
    return items
      ? value.map((item, index) => fitToSchema(items, item, under(at, index), resolved))
      : value
  }
  if (!isMap(value)) return value
  const map: Record<string, unknown> = Object.create(null)
  for (const [key, item] of Object.entries(value)) {
    const inner = schemaOfKey(schema, key)
    map[key] = inner ? fitToSchema(inner, item, under(at, key), resolved) : item
  }
  for (const [key, inner] of Object.entries((schema.properties ?? {}) as Record<string, TSchema>))
    if (!Object.hasOwn(map, key) && inner.default !== undefined)
      map[key] = fitToSchema(inner, structuredClone(inner.default), under(at, key), resolved)
  return map
}

/** The value a text stands for where `schema` rules; the text itself if it stands for none. */
function fitText(schema: TSchema, text: string): unknown {
  if (Array.isArray(schema.anyOf)) {
    if (Value.Check(schema, text)) return text
    const fitted = (schema.anyOf as TSchema[]).map((member) => fitText(member, text))
    return fitted.find((value) => Value.Check(schema, value)) ?? text
  }
  if (schema.type === 'integer' || schema.type === 'number')
    return /^-?(0|[1-9]\d*)(\.\d+)?$/.test(text) ? Number(text) : text
  if (schema.type === 'boolean' && /^(true|false)$/.test(text)) return text === 'true'
  return text
}
