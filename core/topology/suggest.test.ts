import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { didYouMean, listNames, suggest } from './suggest.ts'

describe('suggest', () => {
  it.each([
    ['sparc-1', ['spark-1', 'spark-2'], 'spark-1'],
    ['prot', ['host', 'port', 'url'], 'port'],
    ['Host', ['host', 'port'], 'host'],
    ['conatiner', ['container', 'nodes'], 'container'],
    ['api-key', ['api_key', 'user'], 'api_key'],
    ['ur', ['url', 'user'], 'url'],
  ])('takes %s for a slip in %j', (written, candidates, meant) => {
    expect(suggest(written, candidates)).toBe(meant)
  })

  it.each([
    ['banana', ['host', 'port']],
    ['x', ['host', 'url']],
    ['', ['host']],
    ['host', []],
  ])('offers nothing for %s among %j', (written, candidates) => {
    expect(didYouMean(written, candidates)).toBeUndefined()
  })

  it('finds a word again after any one letter was dropped', () => {
    const words = ['cluster', 'listen', 'services', 'disabled', 'webhooks']
    fc.assert(
      fc.property(fc.constantFrom(...words), fc.nat(20), (word, n) => {
        const at = n % word.length
        expect(suggest(word.slice(0, at) + word.slice(at + 1), words)).toBe(word)
      }),
    )
  })

  it('stays quick on a word of a megabyte', () => {
    expect(suggest('a'.repeat(1024 ** 2), ['b'.repeat(1024 ** 2), 'host'])).toBeUndefined()
  })
})

describe('listNames', () => {
  it('quotes, and cuts long lists', () => {
    expect(listNames([])).toBe('nothing')
    expect(listNames(['a', 'b'])).toBe('"a", "b"')
    expect(listNames(['a', 'b', 'c'], 2)).toBe('"a", "b" and 1 more')
  })
})
