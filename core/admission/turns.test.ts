import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createTurns, type Turns } from './turns.ts'

const fill = (texts: string): Turns<string> => {
  const turns = createTurns<string>()
  for (const text of texts.split(' ')) turns.add(text[0] ?? '', text)
  return turns
}
const drain = (turns: Turns<string>): string[] => {
  const served: string[] = []
  for (let next = turns.next(); next !== undefined; next = turns.next()) served.push(next)
  return served
}

describe('those who wait', () => {
  it('are served client by client in turn, and first come first served within one', () => {
    expect(drain(fill('a1 a2 a3 b1 c1 b2'))).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3'])
  })

  it('who come late wait for no more than one of each other client', () => {
    const turns = fill('a1 a2 a3 a4')
    expect(turns.next()).toBe('a1')
    turns.add('b', 'b1')
    expect(drain(turns)).toEqual(['a2', 'b1', 'a3', 'a4'])
  })

  it('leave without a trace', () => {
    const turns = fill('a1 b1 a2')
    expect([turns.remove('b', 'b1'), turns.remove('b', 'b1'), turns.size]).toEqual([true, false, 2])
    expect(drain(turns)).toEqual(['a1', 'a2'])
  })
})

it('the longest line gives way to one that would still be shorter', () => {
  const turns = fill('a1 a2 a3 b1')
  expect(turns.takeLastOfLonger('c')).toBe('a3')
  expect(turns.takeLastOfLonger('c')).toBe('a2')
  expect(turns.takeLastOfLonger('c')).toBeUndefined()
  expect(fill('a1 a2 b1').hasLonger('b')).toBe(false)
  expect(fill('a1 a2').hasLonger('a')).toBe(false)
})

it('a position is how many are served until then, whoever waits', () => {
  const item = fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.nat(9))
  fc.assert(
    fc.property(fc.uniqueArray(item, { minLength: 1, selector: String }), (items) => {
      const turns = createTurns<string>()
      for (const [client, n] of items) turns.add(client, `${client}${n}`)
      const told = items.map(([client, n]) => turns.positionOf(client, `${client}${n}`))
      const served = drain(turns)
      expect(told).toEqual(items.map(([client, n]) => served.indexOf(`${client}${n}`) + 1))
    }),
  )
})
