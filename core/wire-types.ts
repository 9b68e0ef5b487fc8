import { type TSchema, Type } from '@sinclair/typebox'

/** A moment, RFC 3339 in UTC. */
export const At = Type.String({ format: 'date-time' })

export const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
