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
    return found(start, ends.at(-1) ?? start, 'NUM', WEIGHT.shape - 5)
  },
}
