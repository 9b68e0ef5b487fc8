import { describe, expect, it } from 'vitest'
import { foundBy } from '../testing.ts'

const found = foundBy()
const strict = (text: string): string[] => found(text, { mode: 'strict' })

describe('strict', () => {
  it('masks words nobody knows', () => {
    expect(strict('the frobnitz is broken').join()).toContain('frobnitz')
    expect(found('the frobnitz is broken')).toEqual([])
  })

  it('masks a capital inside a sentence, not at its beginning', () => {
    expect(strict('We looked at the Bridge again. Everything was fine.').join()).toContain('Bridge')
    expect(strict('Everything was fine. Nothing happened.')).toEqual([])
  })

  it('masks numbers of two digits and more', () => {
    expect(strict('take 3 of 42')).toEqual(['NUM 42'])
  })

  it('masks every script it cannot read', () => {
    expect(strict('he wrote 田中 there').join()).toContain('田中')
  })

  it('leaves an ordinary request as it is', () => {
    expect(strict('Can you please explain how to sort a list of words by length?')).toEqual([])
    expect(strict("I don't know what she'll say, but it's fine.")).toEqual([])
  })

  it('masks a name in small letters that is a rare word too', () => {
    expect(strict('please tell crystal that we are late').join()).toContain('crystal')
  })

  it('masks a word beside a name that is a name itself, and initials however they are written', () => {
    expect(strict('ask will smith about it').join()).toMatch(/will.*smith/)
    const masked = strict('ask j.r. whitlock about it').map((one) => one.replace(/^\S+ /, ''))
    expect(masked.join('').replace(/\W/g, '')).toBe('jrwhitlock')
    expect(strict('we will ask them what they may need')).toEqual([])
  })

  it('leaves the words around a name', () => {
    expect(strict('We heard that Alice will come and has time')).toEqual(['PERSON Alice'])
    expect(strict('Please write to alice@example.org about it')).toEqual([
      'EMAIL alice@example.org',
    ])
  })
})
