import type { TSchema } from '@sinclair/typebox'
import { tagOf } from './tags.ts'
import { walkSchema } from './walk-schema.ts'

/** The container names in a service's settings, by their tag. */
export const containersIn = (schema: TSchema, settings: unknown): string[] =>
  [...walkSchema(schema, settings, '')].flatMap(({ schema: governing, value }) =>
    tagOf(governing) === 'container-name' && typeof value === 'string' ? [value] : [],
  )
