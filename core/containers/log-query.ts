import { type Static, Type } from '@sinclair/typebox'

/** How a route that shows a log is asked. */
export const LogQuery = Type.Object({
  tail: Type.Integer({ minimum: 0, maximum: 10_000, default: 500, description: 'last lines' }),
  follow: Type.Union([Type.Boolean(), Type.Literal('')], {
    default: false,
    description: 'go on with what is written from now on; ?follow alone means true',
  }),
})
export type LogQuery = Static<typeof LogQuery>

export const isFollowing = ({ follow }: LogQuery): boolean => follow !== false
