import { type Static, Type } from '@sinclair/typebox'
import { toAt, toAtOrNull } from '../clock.ts'
import { At, Nullable } from '../wire-types.ts'
import type { Delivery } from './outbox.ts'
import { wordsOf } from './words.ts'

/** One happening on its way to one webhook. */
export const DeliveryView = Type.Object({
  id: Type.Integer(),
  /** The `webhook-id` header. */
  event: Type.String(),
  webhook: Type.String(),
  name: Type.String(),
  /** What happened, in words. */
  text: Type.String(),
  data: Type.Record(Type.String(), Type.Unknown()),
  /** `dead`: given up after 24 h. */
  state: Type.Union([Type.Literal('waiting'), Type.Literal('delivered'), Type.Literal('dead')]),
  attempts: Type.Integer(),
  happened_at: At,
  /** When it is next tried; null once it has ended. */
  due_at: Nullable(At),
  ended_at: Nullable(At),
  /** HTTP status of the last answer; null if there was none. */
  status: Nullable(Type.Integer()),
  error: Nullable(Type.String()),
})
export type DeliveryView = Static<typeof DeliveryView>

/** A webhook of the topology and how its receiver does. The path of its url may be a secret. */
export const WebhookView = Type.Object({
  name: Type.String(),
  origin: Type.String(),
  format: Type.String(),
  events: Type.Array(Type.String()),
  is_signed: Type.Boolean(),
  waiting: Type.Integer(),
  delivered: Type.Integer(),
  dead: Type.Integer(),
  /** When a receiver that keeps failing is next tried; null while it is not. */
  retry_at: Nullable(At),
  last_delivered_at: Nullable(At),
  /** When its quiet hours end; null while it is not quiet. */
  quiet_until: Nullable(At),
  /** What is not told yet, oldest first: by night, or since it may undo itself. */
  held: Type.Array(Type.Object({ text: Type.String(), happened_at: At, held_until: At })),
})
export type WebhookView = Static<typeof WebhookView>

/** A delivery as it goes over the wire. */
export const viewDelivery = (delivery: Delivery): DeliveryView => ({
  id: delivery.seq,
  event: delivery.event,
  webhook: delivery.webhook,
  name: delivery.name,
  text: wordsOf(delivery),
  data: delivery.data,
  state: delivery.state,
  attempts: delivery.attempts,
  happened_at: toAt(delivery.happenedAt),
  due_at: delivery.state === 'waiting' ? toAt(delivery.dueAt) : null,
  ended_at: toAtOrNull(delivery.endedAt),
  status: delivery.status,
  error: delivery.error,
})
