import { beforeEach, describe, expect, it } from 'vitest'
import type { ControlError } from '../errors.ts'
import { createFakeClock, type FakeClock } from '../testing/fake-clock.ts'
import { Gate, type Limits, type Place } from './gate.ts'

let clock: FakeClock
let said: string[]
let errors: ControlError[]
beforeEach(() => {
  clock = createFakeClock()
  said = []
  errors = []
})

const gateOf = (limits: Partial<Limits>): Gate =>
  new Gate({ concurrency: 1, queue: 2, maxWaitMs: 30_000, ...limits }, clock)
const ask = (gate: Gate, who: string, sizeBytes = 0): Place => {
  const answer = {
    admit: () => void said.push(`${who} in`),
    refuse(error: ControlError) {
      said.push(`${who} ${error.code}`)
      errors.push(error)
    },
  }
  return gate.enter(who[0] ?? '', answer, sizeBytes)
}

describe('a gate', () => {
  it('lets in as many as may, and the next when one has left', () => {
    const gate = gateOf({ concurrency: 2 })
    const first = ask(gate, 'a1')
    ask(gate, 'a2')
    ask(gate, 'a3')
    expect(said).toEqual(['a1 in', 'a2 in'])
    first.leave()
    first.leave()
    expect(said).toEqual(['a1 in', 'a2 in', 'a3 in'])
    expect(gate.figures()).toMatchObject({ waiting: 0, admitted_total: 3 })
  })

  it('refuses who finds the queue full, with the place it would have had', async () => {
    const gate = gateOf({})
    const first = ask(gate, 'a1')
    await clock.advance(4000)
    first.leave()
    for (const who of ['a2', 'a3', 'a4', 'a5']) ask(gate, who)
    expect(said.at(-1)).toBe('a5 QUEUE_FULL')
    expect(errors[0]).toMatchObject({
      status: 429,
      // Three times the 4 s that one takes.
      retryAfterS: 12,
      holder: { position: 3, waiting: 2, in_flight: 1 },
    })
  })

  it('makes room for a client that waits for less', () => {
    const gate = gateOf({})
    for (const who of ['a1', 'a2', 'a3', 'b1', 'b2']) ask(gate, who)
    expect(said).toEqual(['a1 in', 'a3 QUEUE_FULL', 'b2 QUEUE_FULL'])
    expect(['a', 'b', 'c'].map((who) => gate.wouldRefuse(who))).toEqual([true, true, true])
  })

  it('refuses bodies that together would take too much memory, until some are gone', () => {
    const gate = gateOf({ queue: 100 })
    const places = Array.from({ length: 5 }, (_, n) => ask(gate, `a${n}`, 30 * 1024 ** 2))
    expect(said).toEqual(['a0 in', 'a3 QUEUE_FULL', 'a4 QUEUE_FULL'])
    ask(gate, 'a5')
    places[1]?.leave()
    ask(gate, 'a6', 30 * 1024 ** 2)
    expect(gate.figures().waiting).toBe(3)
  })

  it('with no queue answers or refuses', () => {
    const gate = gateOf({ queue: 0 })
    const place = ask(gate, 'a1')
    ask(gate, 'b1')
    place.leave()
    ask(gate, 'b2')
    expect(said).toEqual(['a1 in', 'b1 QUEUE_FULL', 'b2 in'])
  })

  it('refuses who has waited for max_wait, once, and says which place that was', async () => {
    const gate = gateOf({})
    const first = ask(gate, 'a1')
    ask(gate, 'a2')
    await clock.advance(1000)
    ask(gate, 'b1')
    await clock.advance(29_000)
    first.leave()
    await clock.advance(60_000)
    expect(said).toEqual(['a1 in', 'a2 WAITED_TOO_LONG', 'b1 in'])
    expect(errors[0]).toMatchObject({ status: 503, holder: { position: 1 } })
    expect(gate.figures()).toMatchObject({ expired_total: 1, waited_seconds_total: 29 })
    expect(clock.sleepers).toBe(0)
  })

  it('forgets who leaves while waiting', async () => {
    const gate = gateOf({})
    const first = ask(gate, 'a1')
    const second = ask(gate, 'a2')
    second.leave()
    second.leave()
    first.leave()
    await clock.advance(60_000)
    expect(said).toEqual(['a1 in'])
    expect(gate.figures()).toMatchObject({ waiting: 0, left_total: 1 })
    ask(gate, 'a3')
    expect(said.at(-1)).toBe('a3 in')
  })
})
