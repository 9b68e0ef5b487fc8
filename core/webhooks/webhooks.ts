import { randomBytes } from 'node:crypto'
import type { Logger } from 'pino'
import { toAt, toAtOrNull } from '../clock.ts'
import { ControlError } from '../errors.ts'
import type { Happening, Tell } from '../events/happening.ts'
import type { Clock } from '../plugin.ts'
import type { Database } from '../store/database.ts'
import type { WebhookSpec } from '../topology/webhook-keys.ts'
import { type Courier, type CourierDeps, createCourier } from './courier.ts'
import { createHoldBack, type HoldBack } from './hold-back.ts'
import { createOutbox, type Outbox } from './outbox.ts'
import { type DeliveryView, viewDelivery, type WebhookView } from './views.ts'
import { wordsOf } from './words.ts'

export interface WebhooksDeps {
  db: Database
  clock: Clock
  log: Logger
  random?(): number
  lookup?: CourierDeps['lookup']
  /** What `views` and `page` say has changed. */
  changed(): void
}

/** Sends what happens to the webhooks of the topology: at least once each, for a day. */
export interface Webhooks {
  /** Takes a new topology; what waits for a webhook that stays, waits on. */
  update(specs: readonly WebhookSpec[], cluster: string): void
  /** Writes a happening down for every webhook that wants it. May be part of a durable transaction. */
  tell: Tell
  views(): WebhookView[]
  /** Newest first; `before` is a delivery's id. Throws WEBHOOK_UNKNOWN. */
  page(query: { webhook?: string; before?: number; limit: number }): DeliveryView[]
  /** Throws WEBHOOK_UNKNOWN. */
  find(name: string): WebhookView
  /** Throws DELIVERY_UNKNOWN. */
  delivery(id: number): DeliveryView
  /** Sends something harmless at once and says what came of it. Throws WEBHOOK_UNKNOWN. */
  test(name: string): Promise<DeliveryView>
  /** Sends a delivery again, under the same `webhook-id`. Throws DELIVERY_UNKNOWN, WEBHOOK_UNKNOWN. */
  redeliver(id: number): DeliveryView
  close(): Promise<void>
}

/** Deliveries kept of each webhook: so many that ended, and as many that wait. */
const MOST = 500
const WEEK_MS = 7 * 86_400_000

export function createWebhooks(deps: WebhooksDeps): Webhooks {
  const { clock } = deps
  const outbox = createOutbox(deps.db)
  let lines = new Map<string, Line>()
  let inForce = ''
  const leaving = new Set<Promise<void>>()

  const find = (name: string): Line => {
    const line = lines.get(name)
    if (line) return line
    throw new ControlError('WEBHOOK_UNKNOWN', `there is no webhook "${name}"`, {
      hint: `webhooks: has ${[...lines.keys()].join(', ') || 'none'}`,
    })
  }
  const known = (id: number): DeliveryView => {
    const delivery = outbox.find(id)
    if (!delivery) throw new ControlError('DELIVERY_UNKNOWN', `there is no delivery ${id}`)
    return viewDelivery(delivery)
  }
  const close = ({ holdBack, courier }: Line): void => {
    holdBack.close()
    const closing = courier.close().finally(() => leaving.delete(closing))
    leaving.add(closing)
  }

  return {
    update(specs, cluster) {
      const next = JSON.stringify([specs, cluster])
      if (next === inForce) return
      inForce = next
      outbox.forgetOthers(
        specs.map(({ name }) => name),
        clock.now() - WEEK_MS,
      )
      const before = lines
      lines = new Map()
      for (const spec of specs) {
        const same = before.get(spec.name)
        const isSame = same && JSON.stringify(same.courier.spec) === JSON.stringify(spec)
        if (isSame) before.delete(spec.name)
        // What one that changed holds is held, or let go, by the next.
        else if (same) same.holdBack.close()
        lines.set(spec.name, isSame ? same : open(spec, cluster, outbox, deps))
      }
      for (const line of before.values()) close(line)
      deps.changed()
    },
    tell(happening) {
      for (const { holdBack } of lines.values()) holdBack.take(happening)
      queueMicrotask(deps.changed)
    },
    views: () => [...lines.values()].map((line) => view(line, outbox)),
    page({ webhook, before = Number.MAX_SAFE_INTEGER, limit }) {
      if (webhook !== undefined) find(webhook)
      return outbox.page({ ...(webhook && { webhook }), before, limit }).map(viewDelivery)
    },
    find: (name) => view(find(name), outbox),
    delivery: known,
    async test(name) {
      const { courier } = find(name)
      const key = `test:${randomBytes(9).toString('base64url')}`
      const subject = 'Spark Control'
      const data = { webhook: name }
      const delivery = outbox.addTest({ key, name: 'test', subject, data }, name, clock.now())
      await courier.sendNow(delivery)
      return known(delivery.seq)
    },
    redeliver(id) {
      const { courier } = find(known(id).webhook)
      outbox.restart(id, clock.now())
      courier.wake(true)
      deps.changed()
      return known(id)
    },
    async close() {
      for (const line of lines.values()) close(line)
      lines = new Map()
      await Promise.all(leaving)
    },
  }
}

/** The way to one webhook: what holds back, and what carries. */
interface Line {
  holdBack: HoldBack
  courier: Courier
}

function open(spec: WebhookSpec, cluster: string, outbox: Outbox, deps: WebhooksDeps): Line {
  const { db, clock, log, changed, random = Math.random, lookup } = deps
  const courier = createCourier(spec, {
    ...{ outbox, cluster, clock, log, random, changed },
    ...(lookup && { lookup }),
  })
  const send = (happening: Happening, happenedMs: number): void => {
    const now = clock.now()
    if (!outbox.add(happening, spec.name, now, happenedMs)) return
    outbox.trim(spec.name, MOST, now)
    courier.wake()
    queueMicrotask(changed)
  }
  return { courier, holdBack: createHoldBack(spec, { db, clock, log, send }) }
}

function view({ courier: { spec, retryAt }, holdBack }: Line, outbox: Outbox): WebhookView {
  const { name, url, format, events, secret } = spec
  return {
    name,
    origin: new URL(url).origin,
    format,
    events,
    is_signed: secret !== undefined,
    ...outbox.counts(name),
    retry_at: toAtOrNull(retryAt()),
    last_delivered_at: toAtOrNull(outbox.last(name, 'delivered')?.endedAt ?? null),
    quiet_until: toAtOrNull(holdBack.quietUntil()),
    held: holdBack.held().map(({ happening, atMs, untilMs }) => ({
      text: wordsOf(happening),
      happened_at: toAt(atMs),
      held_until: toAt(untilMs),
    })),
  }
}
