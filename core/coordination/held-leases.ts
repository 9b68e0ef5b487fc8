import { timingSafeEqual } from 'node:crypto'
import type { Clock } from '../plugin.ts'
import { endOf, type Lease, type LeaseChange, type LeaseEnd, type LeaseView } from './lease.ts'
import type { LeaseRows } from './lease-rows.ts'

export interface HeldLeasesDeps {
  rows: LeaseRows
  clock: Clock
  view(lease: Lease): LeaseView
  /** Told within the write that makes the change: neither is there without the other. */
  tell?(change: LeaseChange): void
  /** Told after it. */
  publish(change: LeaseChange): void
}

/** The leases that are held now. Whatever is asked first ends those that are over by the clock. */
export interface HeldLeases {
  /** Oldest first. */
  all(): Lease[]
  find(fence: number): Lease | undefined
  findByHash(tokenHash: Buffer): Lease | undefined
  add(fields: Omit<Lease, 'fence' | 'ended'>, tokenHash: Buffer): Lease
  /** Counts its time from now. */
  renew(lease: Lease, ttlMs: number): void
  end(lease: Lease, how: LeaseEnd, by?: string): LeaseView
  stop(): void
}

interface Held {
  lease: Lease
  tokenHash: Buffer
}

const TICK_MS = 1000

/** Takes up those that were held when the controller was last seen. */
export function createHeldLeases(deps: HeldLeasesDeps): HeldLeases {
  const { rows, clock, view } = deps
  const held = new Map<number, Held>()
  const over = new AbortController()
  let isWatching = false

  const end: HeldLeases['end'] = (lease, how, by) => {
    const ended: Lease = { ...lease, ended: { how, at: clock.now(), by: by ?? null } }
    const change: LeaseChange = { change: how, lease: view(lease) }
    rows.end(ended, () => deps.tell?.(change))
    held.delete(lease.fence)
    deps.publish(change)
    return change.lease
  }

  const sweep = (): void => {
    const nowMs = clock.now()
    for (const { lease } of held.values()) {
      const endsAt = endOf(lease, nowMs)
      if (endsAt <= nowMs) end(lease, 'expired')
      else if (endsAt < lease.expiresAt) {
        lease.expiresAt = endsAt
        rows.save(lease)
      }
    }
  }

  /** Ends leases on time where nobody asks. Ticks, since a clock that is set wakes no sleeper. */
  const watch = async (): Promise<void> => {
    if (isWatching) return
    isWatching = true
    while (held.size > 0 && !over.signal.aborted) {
      await clock.sleep(TICK_MS, over.signal).catch(() => {
        // Only stop() aborts it.
      })
      try {
        if (!over.signal.aborted) sweep()
      } catch {
        // A full disk, say. Whoever asks for a lease is told, and the next tick tries again.
      }
    }
    isWatching = false
  }

  const hold = (entry: Held): void => {
    held.set(entry.lease.fence, entry)
    void watch()
  }
  const all = (): Held[] => {
    sweep()
    return [...held.values()]
  }

  for (const entry of rows.listActive()) hold(entry)
  return {
    all: () => all().map(({ lease }) => lease),
    find: (fence) => all().find(({ lease }) => lease.fence === fence)?.lease,
    findByHash(tokenHash) {
      // Each is compared, so that the time taken says nothing of any.
      const matching = all().filter((entry) => timingSafeEqual(tokenHash, entry.tokenHash))
      return matching[0]?.lease
    },
    add(fields, tokenHash) {
      const lease = rows.insert(fields, tokenHash, (made) =>
        deps.tell?.({ change: 'acquired', lease: view(made) }),
      )
      hold({ lease, tokenHash })
      deps.publish({ change: 'acquired', lease: view(lease) })
      return lease
    },
    renew(lease, ttlMs) {
      const renewedAt = clock.now()
      const next = { ...lease, ttlMs, renewedAt, expiresAt: renewedAt + ttlMs }
      rows.save(next)
      Object.assign(lease, next)
      deps.publish({ change: 'renewed', lease: view(lease) })
    },
    end,
    stop: () => over.abort(),
  }
}
