import type { TObject, TSchema } from '@sinclair/typebox'
import { tagOf } from './tags.ts'

/** Keys of a kind's settings that may name a server outside the private ranges, dotted. */
export const publicPlaces = (settings: TSchema, at = ''): string[] => [
  ...(tagOf(settings) === 'public-url' ? [at] : []),
  ...innerOf(settings).flatMap(([key, schema]) =>
    publicPlaces(schema, at === '' ? key : `${at}.${key}`),
  ),
]

/** Whether `service.http(endpoint)` of a kind may leave the private ranges. */
export const isPublicPlace = (settings: TObject, endpoint: string): boolean =>
  publicPlaces(settings).includes(`${endpoint}.url`)

const innerOf = (schema: TSchema): [string, TSchema][] => [
  ...Object.entries((schema.properties ?? {}) as Record<string, TSchema>),
  ...Object.entries((schema.patternProperties ?? {}) as Record<string, TSchema>),
  ...((schema.anyOf ?? []) as TSchema[]).map((member): [string, TSchema] => ['*', member]),
  ...(schema.items ? [['*', schema.items as TSchema] as [string, TSchema]] : []),
]
