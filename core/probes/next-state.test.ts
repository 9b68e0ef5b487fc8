import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ControlError } from '../errors.ts'
import type { Health } from '../plugin.ts'
import { BUSY_FOR_MS, nextState, type Outcome, outcomeOf, type Seen, UNSEEN } from './next-state.ts'

const answered = (state: Health['state']): Outcome => ({ type: 'answered', health: { state } })
const late: Outcome = { type: 'late', reason: 'no answer within 5 s' }
const refused: Outcome = { type: 'refused', reason: 'refuses connections' }
const blind: Outcome = { type: 'blind', reason: 'the host cannot be reached' }

/** Looks five seconds apart, from a service never seen. */
const seenAfter = (...outcomes: Outcome[]): Seen =>
  outcomes.reduce((seen, outcome, n) => nextState(seen, outcome, n * 5000), UNSEEN)
const states = (...outcomes: Outcome[]) =>
  outcomes.map((_, n) => seenAfter(...outcomes.slice(0, n + 1)).state).join(' ')

describe('what looks make of a service', () => {
  const up = answered('up')
  test.each([
    [
      'every answer counts at once',
      [up, answered('busy'), answered('idle'), answered('down'), up],
      'up busy idle down up',
    ],
    ['one late answer is busy, and the next answer ends it', [up, late, up], 'up busy up'],
    [
      'two refusals change nothing, the third is down',
      [up, refused, refused, refused],
      'up up up down',
    ],
    [
      'an answer between refusals starts the count anew',
      [up, refused, refused, up, refused],
      'up up up up up',
    ],
    ['a refusal at the first look is down', [refused], 'down'],
    ['a first look that is late says nothing', [late, late, up], 'unknown unknown up'],
    ['one blind look changes nothing, two are unknown', [up, blind, blind], 'up up unknown'],
    [
      'blind looks never become down',
      [up, ...Array<Outcome>(20).fill(blind)],
      `up up ${Array(19).fill('unknown').join(' ')}`,
    ],
    [
      'what starts is not down for refusing twice',
      [answered('starting'), refused, refused, refused],
      'starting starting starting down',
    ],
    [
      'what was unloaded on purpose stays idle while it is late',
      [answered('idle'), late, late],
      'idle idle idle',
    ],
    ['a host that is back and refuses is down', [up, blind, blind, refused], 'up up unknown down'],
  ])('%s', (_, outcomes, expected) => {
    expect(states(...outcomes)).toBe(expected)
  })

  test('who is late for a minute is unknown, not busy for ever', () => {
    const rounds = BUSY_FOR_MS / 5000
    expect(seenAfter(up, ...Array<Outcome>(rounds).fill(late)).state).toBe('busy')
    expect(seenAfter(up, ...Array<Outcome>(rounds + 1).fill(late)).state).toBe('unknown')
  })

  test('the reason stands beside the state it has not changed, and goes with the next answer', () => {
    expect(seenAfter(up, refused)).toMatchObject({ state: 'up', reason: 'refuses connections' })
    expect(seenAfter(up, refused, up).reason).toBeNull()
  })

  test('ages: last check, last time seen, begin of the state', () => {
    const seen = seenAfter(up, up, blind, blind)
    expect(seen).toMatchObject({ checkedMs: 15_000, lastSeenMs: 5000, sinceMs: 15_000 })
    expect(seenAfter(up, answered('starting')).lastSeenMs).toBe(0)
    expect(seenAfter(up, late)).toMatchObject({ state: 'busy', lastSeenMs: 0 })
  })

  test('whatever the looks: never seen up without an answer, never down without a refusal', () => {
    const outcome = fc.constantFrom(up, answered('idle'), late, refused, blind)
    fc.assert(
      fc.property(fc.array(outcome, { minLength: 1, maxLength: 40 }), (outcomes) => {
        const seen = seenAfter(...outcomes)
        const isAnswered = outcomes.some(({ type }) => type === 'answered')
        const isRefused = outcomes.some(({ type }) => type === 'refused')
        if (!isAnswered) expect(['unknown', 'down']).toContain(seen.state)
        if (!isRefused) expect(seen.state).not.toBe('down')
        if (outcomes.at(-1)?.type === 'blind')
          expect(seen.reason).toBe('the host cannot be reached')
        expect(seen.checkedMs).toBe((outcomes.length - 1) * 5000)
      }),
    )
  })
})

describe('what a probe that throws tells', () => {
  const failure = (code: string, cause?: { code: string }) =>
    new ControlError(code, 'text', cause ? { cause } : {})
  test.each([
    ['late', failure('UPSTREAM_TIMEOUT')],
    ['refused', failure('UPSTREAM_UNREACHABLE', { code: 'ECONNREFUSED' })],
    ['refused', failure('UPSTREAM_UNREACHABLE')],
    ['refused', failure('UPSTREAM_FAILED')],
    ['blind', failure('UPSTREAM_UNREACHABLE', { code: 'EHOSTUNREACH' })],
    ['blind', failure('UPSTREAM_UNREACHABLE', { code: 'ENOTFOUND' })],
    ['blind', failure('UPSTREAM_UNREACHABLE', { code: 'UND_ERR_CONNECT_TIMEOUT' })],
    ['blind', failure('HOST_UNREACHABLE')],
    ['blind', failure('HOST_LOST')],
    ['blind', failure('HOST_TIMEOUT')],
    ['blind', failure('HOST_KEY_CHANGED')],
    ['blind', failure('COMMAND_FAILED')],
    ['blind', new TypeError('a mistake in the plugin')],
    ['blind', 'a string'],
  ])('%s: %s', (type, thrown) => {
    expect(outcomeOf(thrown).type).toBe(type)
  })
})
