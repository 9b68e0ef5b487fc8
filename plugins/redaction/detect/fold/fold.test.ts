import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decode } from './decode.ts'
import { fold } from './fold.ts'
import { toSource, type View } from './view.ts'
import { viewsOf } from './views.ts'

const surface = (source: string, view: View, part: string): string => {
  const at = view.text.indexOf(part)
  expect(at, `${part} in ${view.text}`).toBeGreaterThanOrEqual(0)
  const { start, end } = toSource(view, at, at + part.length)
  return source.slice(start, end)
}

function isOrdered(view: View, most: number): boolean {
  let last = 0
  return Array.from({ length: view.text.length }, (_, at) => toSource(view, at, at + 1)).every(
    ({ start, end }) => {
      const isFine = start >= last && end > start && end <= most
      last = start
      return isFine
    },
  )
}

describe('folding', () => {
  it.each([
    ['ｂｏｂ＠ｅｘａｍｐｌｅ．ｏｒｇ', 'bob@example.org'],
    ['b\u200bo\u00adb', 'bob'],
    ['\u202ebob\u202c', 'bob'],
    ['аlice', 'alice'],
    ['١٢٣', '123'],
    ['O’Brien', "O'Brien"],
    ['𝐁𝐨𝐛', 'Bob'],
    ['Jose\u0301', 'José'],
    ['1\u00a02', '1 2'],
  ])('reads %j as %j', (text, folded) => {
    expect(fold(text).text).toBe(folded)
  })

  it('leaves a word of another script as it is', () => {
    expect(fold('Москва и Αθήνα').text).toBe('Москва и Αθήνα')
  })

  it('knows where everything came from', () => {
    const text = 'to ｂ\u200bｏｂ now'
    expect(surface(text, fold(text), 'bob')).toBe('ｂ\u200bｏｂ')
  })

  it('maps every unit into the text, in order, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        for (const view of viewsOf(fold(text))) expect(isOrdered(view, text.length)).toBe(true)
      }),
    )
  })
})

describe('decoding', () => {
  it.each([
    ['bob%40example.org', 'bob@example.org'],
    ['bob&#64;example&period;org', 'bob@example.org'],
    ['\\u0062ob\\n', 'bob\n'],
    ['caf%C3%A9', 'café'],
    ['caf%E9', 'café'],
    ['=C3=A9t=C3=A9', 'été'],
  ])('reads %j as %j', (text, decoded) => {
    expect(decode(text)?.text).toBe(decoded)
  })

  it('sees no escapes in plain text', () => {
    expect(decode('100 % of R&D at C:/')).toBeNull()
  })

  it('undoes escapes inside escapes', () => {
    const text = 'a%2540b'
    const [, , twice] = viewsOf(fold(text))
    expect(twice?.text).toBe('a@b')
    if (twice) expect(surface(text, twice, '@')).toBe('%2540')
  })
})
