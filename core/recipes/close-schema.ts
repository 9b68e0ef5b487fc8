import type { TSchema } from '@sinclair/typebox'
import { closed } from '../http/validate.ts'

/**
 * The same schema refusing unknown keys at every depth, so that a misspelt key of a recipe is told
 * instead of ignored. Objects that say themselves what they think of other keys stay as they are.
 */
export function closeSchema<T extends TSchema>(schema: T): T {
  const { properties, items, anyOf } = schema as {
    properties?: Record<string, TSchema>
    items?: TSchema | TSchema[]
    anyOf?: TSchema[]
  }
  return closed({
    ...schema,
    ...(properties && { properties: mapValues(properties, closeSchema) }),
    ...(items && { items: Array.isArray(items) ? items.map(closeSchema) : closeSchema(items) }),
    ...(anyOf && { anyOf: anyOf.map(closeSchema) }),
  })
}

const mapValues = <T>(record: Record<string, T>, change: (value: T) => T): Record<string, T> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]))
