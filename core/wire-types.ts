import { type TSchema, Type } from '@sinclair/typebox'

/** A moment, RFC 3339 in UTC. */
export const At = Type.String({ format: 'date-time' })

/** The same, or null where it is not known or there is none. */
export const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
