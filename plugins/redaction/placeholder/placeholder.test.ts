import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { thorough } from '../../../core/testing/thorough.ts'
import { ENTITY_TYPES } from '../entity-types.ts'
import { type Entry, restoreText } from '../rehydrate/restorer.ts'
import { createSession, type Session } from '../vault/session.ts'
import { BLOCK, createChecks } from './checks.ts'
import { LONGEST } from './grammar.ts'
import { MUTATIONS, type Mutation } from './mutations.ts'
import { bareOf, placeholderOf } from './placeholder.ts'
import { lookAlikes } from './resolve.ts'

const sessionOf = (entries: Entry[], key = 'a'): Session =>
  createSession({ handle: 'h', owner: null, checkKey: Buffer.from(key), entries })
const people = (count: number): Entry[] =>
  Array.from({ length: count }, (_, n) => ({ type: 'PERSON', surface: `Alice ${n + 1}` }))
const written = (session: Session, ordinal: number): string =>
  placeholderOf(session.typeAt(ordinal) ?? 'TERM', ordinal, session.checkOf)
const restore = (text: string, session: Session) => {
  const counts = { exact: 0, tolerant: 0, unresolved: 0 }
  return { text: restoreText(text, session, { format: 'text' }, counts), ...counts }
}

const mutate = (session: Session, ordinal: number, by: Mutation) => {
  const type = session.typeAt(ordinal) ?? ''
  return by[1](type, String(ordinal), session.checkOf(ordinal))
}

describe('a placeholder', () => {
  const session = sessionOf(people(1500))

  it('has type, ordinal and two check characters in doubled brackets', () => {
    expect(written(session, 1)).toMatch(/^\[\[PERSON1[0-9A-HJKMNP-TV-Z]{2}\]\]$/)
    expect(bareOf('PERSON', 12, () => 'K7')).toBe('PERSON12K7')
  })

  it.each(MUTATIONS)('survives %s', (...mutation) => {
    for (const ordinal of [1, 7, 12, 345, 1024, 1025]) {
      const text = `Dear ${mutate(session, ordinal, mutation)}, hello.`
      const value = (mutation[2] ?? '{}').replace('{}', `Alice ${ordinal}`)
      expect(restore(text, session).text).toBe(`Dear ${value}, hello.`)
    }
  })

  it('is never taken for another: 0 wrong of 100,000 random pairs', () => {
    const runs = thorough(100_000, 4_000)
    const any = fc.sample(
      fc.tuple(
        fc.integer({ min: 1, max: 1500 }),
        fc.integer({ min: 1, max: BLOCK - 1 }),
        fc.constantFrom(...MUTATIONS),
      ),
      { numRuns: runs, seed: 7 },
    )
    let wrong = 0
    for (const [one, distance, mutation] of any) {
      // the check of a neighbour of the same block belongs to nobody
      const other = Math.floor(one / BLOCK) * BLOCK + (((one % BLOCK) + distance) % BLOCK)
      const type = session.typeAt(one) ?? ''
      const mixed = mutation[1](type, String(one), session.checkOf(other))
      const right = mutate(session, one, mutation)
      const found = restore(`${mixed} ${right}`, session)
      const values = [...found.text.matchAll(/Alice (\d+)/g)].map(([, n]) => Number(n))
      if (values.length !== 1 || values[0] !== one) wrong++
    }
    expect(wrong).toBe(0)
  })

  it('has a check of its own among all of its block, under every key', () => {
    for (const key of ['a', 'b', 'c']) {
      const checkOf = createChecks(Buffer.from(key))
      for (const block of [0, 1, 9])
        expect(
          new Set(Array.from({ length: BLOCK }, (_, n) => checkOf(block * BLOCK + n))).size,
        ).toBe(BLOCK)
    }
  })

  it('of another session, or made up, hardly ever means anything', () => {
    const other = sessionOf(people(1500), 'b')
    const foreign = Array.from({ length: 1500 }, (_, n) => written(other, n + 1))
    const taken = foreign.filter((text) => restore(text, session).text !== text)
    // by arithmetic one in 1,024
    expect(taken.length).toBeLessThan(10)
  })

  it('of a type that is another one of ours stays as it is', () => {
    const text = `[[EMAIL7${session.checkOf(7)}]]`
    expect(restore(text, session)).toEqual({ text, exact: 0, tolerant: 0, unresolved: 1 })
  })

  it('is no part of a word, and takes no bracket of its surroundings', () => {
    const bare = bareOf('PERSON', 1, session.checkOf)
    for (const text of [`surely${bare}`, `${bare}x`, `${bare}99`])
      expect(restore(text, session).text).toBe(text)
    expect(restore(`(see ${bare})`, session).text).toBe('(see Alice 1)')
    expect(restore(`(${written(session, 1)})`, session).text).toBe('(Alice 1)')
    expect(restore(`[${written(session, 1)}](x)`, session).text).toBe('[Alice 1](x)')
  })

  it('is counted as exact, altered or unknown', () => {
    const text = `${written(session, 1)} ${bareOf('PERSON', 2, session.checkOf)} [[PERSON9999ZZ]]`
    expect(restore(text, session)).toMatchObject({ exact: 1, tolerant: 1, unresolved: 1 })
  })

  it('is found in a text as given in, whether it means something yet or not', () => {
    const { checkOf } = session
    for (const text of ['[[PERSON5AB]]', `PERSON9000${checkOf(9000)}`, `person 7 ${checkOf(7)}`])
      expect(lookAlikes(`a ${text} b`, checkOf)).toEqual([{ start: 2, end: 2 + text.length }])
    expect(lookAlikes('SSN: 460, Phone: 60, Room 12 AB', createChecks(Buffer.from('x')))).toEqual(
      [],
    )
  })

  it('is never longer than what a stream holds back', () => {
    for (const type of ENTITY_TYPES)
      for (const [, by] of MUTATIONS) expect(by(type, '50000', 'ZZ').length).toBeLessThan(LONGEST)
  })
})
