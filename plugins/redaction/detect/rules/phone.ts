import {
  type CountryCode,
  isSupportedCountry,
  parsePhoneNumberFromString,
} from 'libphonenumber-js/min'
import type { EntityType } from '../../entity-types.ts'
import { WEIGHT } from '../finding.ts'
import { type Anchored, isDigitAt } from './anchors.ts'
import { before, found, type RuleContext } from './rule.ts'

const SHAPE =
  /\d{1,5}(?:(?:\)? ?[-/]? ?\(?|\.)\d{1,5}){1,7}(?:(?:,? ?(?:x|ext\.?|extension|durchwahl) ?\.?:? ?)\d{1,6})?(?!\d)/iy
const CONTEXT =
  /(?:phone|tel|call|mobile|cell|fax|whatsapp|sms|text|dial|reach|contact|number is|signal|telefon|handy|m[oó]vil|portable)[^\n]{0,24}$/
/** A date or one long group is not asked about, since asking takes its time. */
const MAY_BE_DIALLED = /^(?!(?:19|20)\d{2}[-/.]\d{1,2}[-/.]|\d{1,2}[-/.]\d{1,2}[-/.](?:19|20)\d{2})/
const DEFAULT_REGIONS = ['US', 'GB', 'DE', 'FR']

/**
 * Whatever is long enough and spaced like a phone number is masked. libphonenumber and the words around only
 * choose between the labels.
 */
export const phone: Anchored = {
  name: 'phone',
  at(text, start, context) {
    if (!isDigitAt(text, start) || isDigitAt(text, start - 1)) return null
    SHAPE.lastIndex = start
    const match = SHAPE.exec(text)
    if (!match) return null
    const number = match[0]
    const count = number.replace(/(?:x|ext).*$/i, '').replace(/\D/g, '').length
    if (count < 7 || count > 17) return null
    const from = withPrefix(text, start)
    const end = start + number.length
    return { ...found(from, end, 'NUM', WEIGHT.shape), ...label(text, from, end, count, context) }
  },
}

function withPrefix(text: string, start: number): number {
  let from = start
  while (start - from < 3 && /[+(]/.test(text.charAt(from - 1))) from--
  return from
}

function label(
  text: string,
  from: number,
  end: number,
  count: number,
  context: RuleContext,
): { type: EntityType; weight: number } {
  const number = text.slice(from, end)
  const isNamed = CONTEXT.test(before(text, from, 40))
  if (isNamed) return { type: 'PHONE', weight: WEIGHT.context }
  if (/^\(?\+/.test(number)) return { type: 'PHONE', weight: WEIGHT.likely }
  if (count > 13 || !MAY_BE_DIALLED.test(number)) return { type: 'NUM', weight: WEIGHT.shape }
  const isSpaced = /\d[ .\-/()]+\d/.test(number)
  if (!isSpaced && count < 10) return { type: 'NUM', weight: WEIGHT.shape }
  const regions = context.regions.size > 0 ? [...context.regions] : DEFAULT_REGIONS
  const isPossible = regions.some((region) => isPossibleIn(number, region))
  if (isPossible && isSpaced) return { type: 'PHONE', weight: WEIGHT.likely }
  return { type: isPossible && count > 9 ? 'PHONE' : 'NUM', weight: WEIGHT.shape }
}

function isPossibleIn(number: string, region: string): boolean {
  if (!isSupportedCountry(region)) return false
  const parsed = parsePhoneNumberFromString(number, region satisfies CountryCode)
  return parsed?.isPossible() ?? false
}
