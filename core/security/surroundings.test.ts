import { describe, expect, it } from 'vitest'
import { parseAddresses, parseNames, within } from './surroundings.ts'

const fail = (why: string): never => {
  throw new Error(why)
}

describe('names', () => {
  it.each([
    ['a.local', ['a.local']],
    [' a.local , b.example,', ['a.local', 'b.example']],
    ['', []],
  ])('"%s" gives %j', (text, names) => {
    expect(parseNames(text, fail)).toEqual(names)
  })

  it.each(['http://a.local', 'a.local:443', 'a.local/', '*.local', '[::1]', 'a b'])(
    '"%s" is refused, since it would never match',
    (text) => {
      expect(() => parseNames(`ok.local,${text}`, fail)).toThrow(`"${text}" is no host name`)
    },
  )
})

it('addresses are addresses', () => {
  expect(parseAddresses('10.0.3.1, ::1', fail)).toEqual(['10.0.3.1', '::1'])
  expect(() => parseAddresses('10.0.3.0/24', fail)).toThrow('"10.0.3.0/24" is no IP address')
})

it('count beside those of the topology, which keeps its own', () => {
  const rules = { hosts: ['a'], trusted_origins: ['https://o'], trusted_proxies: ['10.0.0.1'] }
  expect(within(rules, { hosts: ['b'], trusted_proxies: ['10.0.3.1'] })).toEqual({
    hosts: ['a', 'b'],
    trusted_origins: ['https://o'],
    trusted_proxies: ['10.0.0.1', '10.0.3.1'],
  })
})
