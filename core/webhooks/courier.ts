import type { Logger } from 'pino'
import { asControlError } from '../errors.ts'
import type { Clock } from '../plugin.ts'
import type { WebhookSpec } from '../topology/webhook-keys.ts'
import { createUpstream } from '../upstream/pool-upstream.ts'
import { askedPauseMs, FAILURES_FOR_OPEN, GIVE_UP_MS, LONGEST_MS, pauseMs } from './back-off.ts'
import { buildRequest } from './formats.ts'
import type { Delivery, Outbox, Outcome } from './outbox.ts'
import { createTargetLookup } from './target-address.ts'

export interface CourierDeps {
  outbox: Outbox
  clock: Clock
  log: Logger
  /** From 0 to 1. */
  random(): number
  cluster: string
  lookup?: ReturnType<typeof createTargetLookup>
  /** A delivery ended or was put off. */
  changed(): void
}

/** Brings what waits for one webhook to it, one at a time, oldest first. */
export interface Courier {
  readonly spec: WebhookSpec
  /** When a receiver that keeps failing is next tried; null while it is not. */
  retryAt(): number | null
  /** Something new waits; if it is urgent, a receiver that keeps failing is tried at once. */
  wake(isUrgent?: boolean): void
  /** The only attempt of a delivery that `addTest` made. */
  sendNow(delivery: Delivery): Promise<void>
  close(): Promise<void>
}

const TIMEOUT_MS = 15_000
/** The clock is looked at so often while something waits: it may have been set meanwhile. */
const NAP_MS = 60_000
const MOST_ANSWER_BYTES = 1024 ** 2

/** Starts sending to a webhook of the topology; close() ends it, an attempt under way with it. */
export function createCourier(spec: WebhookSpec, deps: CourierDeps): Courier {
  const { outbox, clock, log, random, cluster, changed } = deps
  const upstream = createUpstream({
    origin: new URL(spec.url).origin,
    requestTimeoutMs: null,
    clock,
    isPublicAllowed: true,
    lookup: deps.lookup ?? createTargetLookup(),
  })
  const over = new AbortController()
  let failures = 0
  let openUntilMs: number | null = null
  let isWanted = false
  let wakeUp = () => {}

  const attempt = async (delivery: Delivery): Promise<Outcome & { pauseMs: number }> => {
    const request = buildRequest(spec, delivery, { cluster, nowMs: clock.now() })
    try {
      // undici's pool follows no redirect, so that no receiver can send us elsewhere.
      const { status, headers } = await upstream.request(request.path, {
        ...request,
        timeoutMs: TIMEOUT_MS,
        maxBytes: MOST_ANSWER_BYTES,
        signal: over.signal,
      })
      const askedMs = askedPauseMs(headers['retry-after'])
      return { status, error: refusalOf(status), pauseMs: askedMs }
    } catch (thrown) {
      over.signal.throwIfAborted()
      return { status: null, error: asControlError(thrown).message, pauseMs: 0 }
    }
  }

  const succeed = (delivery: Delivery, outcome: Outcome): void => {
    outbox.end(delivery, 'delivered', outcome, clock.now())
    if (failures > 0) {
      log.info({ webhook: spec.name, failures }, 'webhook takes events again')
      // What waited for its own pause need not wait any longer.
      outbox.hurry(spec.name, clock.now())
    }
    failures = 0
    openUntilMs = null
  }

  const fail = (delivery: Delivery, outcome: Outcome & { pauseMs: number }): void => {
    failures += 1
    const nowMs = clock.now()
    if (failures === 1) log.warn({ webhook: spec.name, error: outcome.error }, 'webhook failed')
    const waitMs = Math.max(outcome.pauseMs, pauseMs(delivery.attempts + 1, random()))
    const lastMs = delivery.firstAt + GIVE_UP_MS
    // The last attempt is at the end of the day, not after it.
    outbox.postpone(delivery, outcome, Math.min(nowMs + waitMs, Math.max(lastMs, nowMs + 1)))
    if (outbox.bury(spec.name, nowMs - GIVE_UP_MS, nowMs) > 0)
      log.error({ webhook: spec.name, error: outcome.error }, 'events were given up after a day')
    if (failures >= FAILURES_FOR_OPEN)
      openUntilMs = nowMs + Math.max(outcome.pauseMs, pauseMs(failures, random()))
  }

  const deliver = async (delivery: Delivery): Promise<void> => {
    const outcome = await attempt(delivery)
    if (outcome.error === null) succeed(delivery, outcome)
    else fail(delivery, outcome)
    changed()
  }

  const nap = async (ms: number): Promise<void> => {
    const woken = new AbortController()
    wakeUp = () => woken.abort()
    if (isWanted) wakeUp()
    await clock.sleep(ms, AbortSignal.any([woken.signal, over.signal])).catch(() => {
      // Woken, or over; the loop asks which.
    })
  }

  /** Sends what is due; returns how long there is nothing to do. */
  const step = async (): Promise<number> => {
    const delivery = outbox.next(spec.name)
    if (!delivery) return Number.MAX_SAFE_INTEGER
    const waitMs = leftMs(Math.max(delivery.dueAt, openUntilMs ?? 0), clock)
    if (waitMs === 0) await deliver(delivery)
    return Math.min(waitMs, NAP_MS)
  }

  const run = async (): Promise<void> => {
    while (!over.signal.aborted) {
      isWanted = false
      const waitMs = await step().catch((err: unknown) => {
        // A full disk, say. What waits is on it already and is tried again.
        if (!over.signal.aborted) log.error({ err, webhook: spec.name }, 'webhook could not go on')
        return NAP_MS
      })
      if (waitMs > 0 && !over.signal.aborted) await nap(waitMs)
    }
  }

  const running = run()
  return {
    spec,
    retryAt: () => openUntilMs,
    wake(isUrgent = false) {
      if (isUrgent) openUntilMs = null
      isWanted = true
      wakeUp()
    },
    async sendNow(delivery) {
      const outcome = await attempt(delivery)
      outbox.end(delivery, outcome.error === null ? 'delivered' : 'dead', outcome, clock.now())
      changed()
    },
    async close() {
      over.abort(new Error('the controller lets go of this webhook'))
      await running
      await upstream.close()
    },
  }
}

/** Time until then. None if it is further off than any pause: the clock was set back meanwhile. */
function leftMs(untilMs: number, clock: Clock): number {
  const ms = untilMs - clock.now()
  return ms > LONGEST_MS ? 0 : Math.max(0, ms)
}

/** Why an answer does not count as taken; null if it does. */
function refusalOf(status: number): string | null {
  if (status >= 200 && status < 300) return null
  if (status >= 300 && status < 400)
    return `it answered ${status}, a redirect, and redirects are not followed: write the address it leads to`
  return `it answered ${status}`
}
