import { WEIGHT } from '../finding.ts'
import { type Anchored, digitRun, isDigitAt } from './anchors.ts'
import { found } from './rule.ts'

const MIN_DIGITS = 7

/** Seven digits or more, however grouped, name something or somebody, also where no rule knows what. */
export const longNumber: Anchored = {
  name: 'long number',
  at(text, start) {
    if (!isDigitAt(text, start)) return null
    const { digits, ends } = digitRun(text, start, 64)
    // money and measures: 1,234,567 has commas and is no run; 12.50 is short
    if (digits.length < MIN_DIGITS) return null
    return found(start, ends.at(-1) ?? start, 'NUM', WEIGHT.weak)
  },
}

const CODE = /(?=[A-Za-z\d]{0,20}[A-Za-z])[A-Za-z\d]{7,24}(?![\p{L}\d])/uy

/** A word of letters and at least four digits is somebody's number: a passport, a licence, an order. */
export const code: Anchored = {
  name: 'code',
  at(text, start) {
    if (/[\p{L}\d]/u.test(text.charAt(start - 1))) return null
    CODE.lastIndex = start
    const word = CODE.exec(text)?.[0]
    if (!word || word.replace(/\D/g, '').length < 4) return null
    return found(start, start + word.length, 'ID', WEIGHT.weak)
  },
}
