import { type Static, Type } from '@sinclair/typebox'

/** How many requests a service is sent at a time, and what became of those that asked. */
export const AdmissionView = Type.Object({
  concurrency: Type.Integer(),
  queue: Type.Integer(),
  waiting: Type.Integer(),
  /** Since the service was set up: let in, refused, given up after max_wait, left by the caller. */
  admitted_total: Type.Integer(),
  refused_total: Type.Integer(),
  expired_total: Type.Integer(),
  left_total: Type.Integer(),
  /** How long those who were let in had waited, in all. */
  waited_seconds_total: Type.Number(),
})
export type AdmissionView = Static<typeof AdmissionView>
