import fc from 'fast-check'
import { expect, it } from 'vitest'
import { ControlError } from '../errors.ts'
import { openDatabase } from '../store/database.ts'
import { createFakeClock } from '../testing/fake-clock.ts'
import { createLeases } from './leases.ts'
import { findClash } from './resources.ts'

const HOUR = 3_600_000
const HOSTS: Record<string, string[]> = {
  llm: ['spark-1', 'spark-2'],
  speech: ['spark-2'],
  search: ['spark-2'],
}
const hostsOf = (id: string) => HOSTS[id] ?? []

interface Given {
  token: string
  fence: number
  resource: string
  ttlMs: number
  /** The latest moment it may last until, by whatever clock there is. */
  untilMs: number
  isOver: boolean
}

const resource = fc.constantFrom('gpu', 'gpu:spark-1', 'gpu:spark-2', ...Object.keys(HOSTS))
const which = fc.nat({ max: 7 })
const step = fc.oneof(
  fc.record({
    do: fc.constant('acquire' as const),
    resource,
    s: fc.integer({ min: 1, max: 7200 }),
  }),
  fc.record({ do: fc.constantFrom('renew' as const, 'release' as const, 'force' as const), which }),
  fc.record({ do: fc.constant('wait' as const), s: fc.integer({ min: 0, max: 4000 }) }),
  fc.record({ do: fc.constant('set' as const), ms: fc.constantFrom(HOUR, -HOUR) }),
  fc.record({ do: fc.constant('restart' as const) }),
)

const attempt = <T>(act: () => T): T | undefined => {
  try {
    return act()
  } catch (thrown) {
    if (thrown instanceof ControlError && /^LEASE_/.test(thrown.code)) return undefined
    throw thrown
  }
}

it('whatever callers do, however the clock is set and whenever it restarts: no two leases exclude each other, the fence rises, and a token works exactly as long as its lease', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 5, maxLength: 60 }), (steps) => {
      const db = openDatabase(':memory:')
      const clock = createFakeClock()
      const open = () =>
        createLeases({
          ...{ db, clock, hostsOf, publish: () => {} },
          ...{ services: () => Object.keys(HOSTS), running: () => [] },
        })
      let leases = open()
      const given: Given[] = []
      const pick = (index: number) => given.at(-1 - (index % Math.max(1, given.length)))

      for (const one of steps) {
        const nowMs = clock.now()
        if (one.do === 'acquire') {
          const ttlMs = one.s * 1000
          const request = { owner: 'x', reason: null, resource: one.resource, ttlMs }
          const free = leases
            .list()
            .every((held) => !findClash([one.resource], [held.resource], hostsOf))
          const made = attempt(() => leases.acquire(request))
          expect(made !== undefined).toBe(free)
          if (made) {
            expect(made.lease.fence).toBe((given.at(-1)?.fence ?? 0) + 1)
            const { token, lease } = made
            const { fence } = lease
            given.push({ ...request, token, fence, untilMs: nowMs + ttlMs, isOver: false })
          }
        } else if (one.do === 'wait') clock.set(nowMs + one.s * 1000)
        else if (one.do === 'set') clock.set(nowMs + one.ms)
        else if (one.do === 'restart') {
          leases.stop()
          leases = open()
        } else {
          const known = pick(one.which)
          if (!known) continue
          const wasHeld = leases.list().some(({ fence }) => fence === known.fence)
          const { token, fence } = known
          const done =
            one.do === 'renew'
              ? attempt(() => leases.renew(token))
              : one.do === 'release'
                ? attempt(() => leases.release(token))
                : leases.force(fence, 'Alice')
          expect(done !== undefined).toBe(wasHeld)
          if (done && one.do === 'renew') known.untilMs = nowMs + known.ttlMs
          if (one.do !== 'renew') known.isOver = true
        }
        check()
      }
      leases.stop()
      db.close()

      function check(): void {
        const nowMs = clock.now()
        const held = leases.list()
        for (const [at, lease] of held.entries()) {
          const others = held.slice(at + 1)
          expect(
            others.filter((it) => findClash([lease.resource], [it.resource], hostsOf)),
          ).toEqual([])
        }
        for (const lease of given) {
          // Set back, the clock may not lengthen it; once over, nothing brings it back.
          lease.untilMs = Math.min(lease.untilMs, nowMs + lease.ttlMs)
          if (lease.untilMs <= nowMs) lease.isOver = true
          const isHeld = held.some(({ fence }) => fence === lease.fence)
          expect([lease.fence, isHeld]).toEqual([lease.fence, !lease.isOver])
          const works = attempt(() => leases.holderOf(lease.token)) !== undefined
          expect(works).toBe(isHeld)
        }
      }
    }),
    { numRuns: 150 },
  )
})
