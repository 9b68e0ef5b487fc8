import { randomBytes } from 'node:crypto'
import type { Logger } from 'pino'
import { toAtOrNull } from '../clock.ts'
import { ControlError } from '../errors.ts'
import type { Tell } from '../events/happening.ts'
import type { Clock } from '../plugin.ts'
import type { Database } from '../store/database.ts'
import type { WebhookSpec } from '../topology/webhook-keys.ts'
import { type Courier, type CourierDeps, createCourier } from './courier.ts'
import { createOutbox, type Outbox } from './outbox.ts'
import { type DeliveryView, viewDelivery, type WebhookView } from './views.ts'

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
  let couriers = new Map<string, Courier>()
  let inForce = ''
  const leaving = new Set<Promise<void>>()

  const find = (name: string): Courier => {
    const courier = couriers.get(name)
    if (courier) return courier
    throw new ControlError('WEBHOOK_UNKNOWN', `there is no webhook "${name}"`, {
      hint: `webhooks: has ${[...couriers.keys()].join(', ') || 'none'}`,
    })
  }
  const known = (id: number): DeliveryView => {
    const delivery = outbox.find(id)
    if (!delivery) throw new ControlError('DELIVERY_UNKNOWN', `there is no delivery ${id}`)
    return viewDelivery(delivery)
  }
  const close = (courier: Courier): void => {
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
      const before = couriers
      couriers = new Map()
      for (const spec of specs) {
        const same = before.get(spec.name)
        const isSame = same && JSON.stringify(same.spec) === JSON.stringify(spec)
        if (isSame) before.delete(spec.name)
        couriers.set(spec.name, isSame ? same : open(spec, cluster, outbox, deps))
      }
      for (const courier of before.values()) close(courier)
      deps.changed()
    },
    tell(happening) {
      const now = clock.now()
      for (const courier of couriers.values()) {
        const { name, events } = courier.spec
        if (!events.includes(happening.name) || !outbox.add(happening, name, now)) continue
        outbox.trim(name, MOST, now)
        courier.wake()
      }
      queueMicrotask(deps.changed)
    },
    views: () => [...couriers.values()].map((courier) => view(courier, outbox)),
    page({ webhook, before = Number.MAX_SAFE_INTEGER, limit }) {
      if (webhook !== undefined) find(webhook)
      return outbox.page({ ...(webhook && { webhook }), before, limit }).map(viewDelivery)
    },
    find: (name) => view(find(name), outbox),
    delivery: known,
    async test(name) {
      const courier = find(name)
      const key = `test:${randomBytes(9).toString('base64url')}`
      const subject = 'Spark Control'
      const data = { webhook: name }
      const delivery = outbox.addTest({ key, name: 'test', subject, data }, name, clock.now())
      await courier.sendNow(delivery)
      return known(delivery.seq)
    },
    redeliver(id) {
      const courier = find(known(id).webhook)
      outbox.restart(id, clock.now())
      courier.wake(true)
      deps.changed()
      return known(id)
    },
    async close() {
      for (const courier of couriers.values()) close(courier)
      couriers = new Map()
      await Promise.all(leaving)
    },
  }
}

const open = (spec: WebhookSpec, cluster: string, outbox: Outbox, deps: WebhooksDeps): Courier =>
  createCourier(spec, {
    outbox,
    cluster,
    clock: deps.clock,
    log: deps.log,
    random: deps.random ?? Math.random,
    changed: deps.changed,
    ...(deps.lookup && { lookup: deps.lookup }),
  })

function view({ spec, retryAt }: Courier, outbox: Outbox): WebhookView {
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
  }
}
