import { WEIGHT } from '../finding.ts'
import { type Anchored, digitRun, isDigitAt } from './anchors.ts'
import { luhn, mod97 } from './checksums.ts'
import { IBAN_LENGTHS } from './iban-lengths.ts'
import { before, found } from './rule.ts'

const CARD_CONTEXT =
  /card|visa|master|amex|express|maestro|discover|diners|credit|debit|cvv|karte|tarjeta|carte/

/**
 * Payment cards: 12 to 19 digits, alone or in groups. The longest count whose Luhn sum holds wins; a card's shape
 * without it is still masked, as a card where the words say so.
 */
export const card: Anchored = {
  name: 'card',
  at(text, start) {
    if (!isDigitAt(text, start) || isDigitAt(text, start - 1)) return null
    const { digits, ends, closes } = digitRun(text, start, 20)
    for (let count = Math.min(19, digits.length); count >= 12; count--) {
      const number = digits.slice(0, count)
      if (!closes[count - 1] || !isCardLike(number) || !luhn(number)) continue
      return found(start, ends[count - 1] ?? start, 'CARD', WEIGHT.checked)
    }
    const isNamed = CARD_CONTEXT.test(before(text, start))
    const count = [16, 15, 14, 13, 19, 12].find((length) => closes[length - 1])
    if (count === undefined || (!isNamed && (count < 13 || !/^[3-6]/.test(digits)))) return null
    const end = ends[count - 1] ?? start
    return found(start, end, 'CARD', isNamed ? WEIGHT.context : WEIGHT.likely)
  },
}

function isCardLike(number: string): boolean {
  if (number.length === 12) return /^(?:5[0678]|6)/.test(number)
  return /^[2-6]|^1800/.test(number)
}

/** An IBAN in one piece or in groups; one whose check digits are wrong is an account number. */
export const iban: Anchored = {
  name: 'IBAN',
  at(text, start) {
    const country = text.slice(start, start + 2).toUpperCase()
    const length = IBAN_LENGTHS[country]
    if (length === undefined || !/^[A-Za-z]{2}[ -]?\d[ -]?\d/.test(text.slice(start, start + 6)))
      return null
    let value = ''
    let i = start
    while (value.length < length && i < text.length) {
      const sign = text.charAt(i)
      if (/[A-Za-z0-9]/.test(sign)) value += sign
      else if (!/[ -]/.test(sign) || !/[A-Za-z0-9]/.test(text.charAt(i + 1))) break
      i++
    }
    if (value.length < length) return null
    const isChecked = mod97(value)
    // "at 12 3456 Main Street" has the shape of one
    const isShaped = /^[A-Za-z]{2}\d\d/.test(text.slice(start, start + 4))
    if (!isChecked && (!isShaped || /[A-Za-z0-9]/.test(text.charAt(i)))) return null
    return found(
      start,
      i,
      isChecked ? 'IBAN' : 'ACCOUNT',
      isChecked ? WEIGHT.checked : WEIGHT.context,
    )
  },
}
