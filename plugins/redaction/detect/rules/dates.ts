import { WEIGHT } from '../finding.ts'
import type { Anchored } from './anchors.ts'
import { before, found } from './rule.ts'
import { triggered } from './triggered.ts'

const MONTH =
  'jan(?:uary|uar|vier)?|feb(?:ruary|ruar)?|f[eé]v(?:rier)?|mar(?:ch|s|zo)?|m[aä]rz|apr(?:il)?|avril|abril|may|mai|mayo|june?|juin|juni|junio|july?|juillet|juli|julio|aug(?:ust)?|ao[uû]t|agosto|sept?(?:ember|embre)?|septiembre|o[ck]t(?:ober|obre)?|octubre|nov(?:ember|embre|iembre)?|de[cz](?:ember)?|d[eé]c(?:embre)?|diciembre|enero|febrero'
const MONTH_WORDS =
  'january januar janvier jan february februar feb février fevrier fév march mars marzo mar märz maerz april avril abril apr may mai mayo june juin juni junio jun july juillet juli julio jul august aug août aout agosto september septembre septiembre sept sep october octobre octubre oktober oct okt november novembre noviembre nov december decembre décembre dezember diciembre dec dez déc enero febrero'
const TIME = String.raw`(?:[T ,]{1,2}(?:at )?\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?(?: ?[ap]\.?m\.?)?(?: ?(?:Z|UTC|GMT|[+-]\d{2}:?\d{2}))?)?`
const YEAR = String.raw`(?:[12]\d{3}|'?\d{2})(?!\d)`

const NUMERIC = [
  String.raw`[12]\d{3}[-/.](?:0?[1-9]|1[0-2])[-/.](?:0?[1-9]|[12]\d|3[01])(?!\d)${TIME}`,
  String.raw`(?:0?[1-9]|[12]\d|3[01])([-/.])(?:0?[1-9]|[12]\d|3[01])\1(?:[12]\d{3}|\d{2})(?!\d)${TIME}`,
  String.raw`(?:0?[1-9]|1[0-2])[/](?:19|20)\d{2}(?!\d)`,
  String.raw`(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:T?\d{4,6}Z?)?(?!\d)`,
  String.raw`\d{1,2}(?:st|nd|rd|th|er|\.)?[ -](?:of |de )?(?:${MONTH})\b\.?(?:,?[ -](?:de )?${YEAR})?${TIME}`,
  String.raw`\d{4}[ -](?:${MONTH})\b\.?[ -]\d{1,2}(?!\d)`,
].map((source) => new RegExp(source, 'yi'))

/** Dates that begin with a digit, with the time of day that follows. */
export const numericDate: Anchored = {
  name: 'date',
  at(text, start) {
    if (/[\d.]/.test(text.charAt(start - 1)) && /\d/.test(text.charAt(start - 2))) return null
    let end = start
    for (const pattern of NUMERIC) {
      pattern.lastIndex = start
      const match = pattern.exec(text)
      if (match) end = Math.max(end, start + match[0].length)
    }
    return end > start ? found(start, end, 'DATE') : null
  },
}

const NAMED = new RegExp(
  String.raw`(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day,? )?(?:${MONTH})(?![\p{L}])\.?(?: \d{1,2}(?:st|nd|rd|th)?(?!\d)(?:,? ${YEAR})?|,? (?:19|20)\d{2}(?!\d))${TIME}`,
  'iuy',
)
const WEEKDAYS = 'Monday Tuesday Wednesday Thursday Friday Saturday Sunday'.split(' ')
const MONTHS = MONTH_WORDS.split(' ')

/** March 5, 2020, and the days of the week. */
export const namedDate = triggered('date in words', [
  {
    words: [...MONTHS, ...WEEKDAYS],
    at(text, start) {
      NAMED.lastIndex = start
      const match = NAMED.exec(text)
      return match ? found(start, start + match[0].length, 'DATE') : null
    },
  },
  {
    words: WEEKDAYS,
    at: (text, start) => {
      const length =
        text
          .slice(start, start + 9)
          .toLowerCase()
          .indexOf('day') + 3
      return found(start, start + length, 'DATE', WEIGHT.shape)
    },
  },
])

const YEAR_ALONE = /(?:1[6-9]|20)\d{2}(?:s\b|-(?:1[6-9]|20)?\d{2}(?!\d))?(?![\p{L}\d%]|[.,]\d)/uy
const BEFORE_YEAR =
  /(?:^|[^\p{L}])(?:in|since|from|until|till|by|before|after|during|years?|circa|early|late|mid|class of|founded|est\.?|to|and|of|summer|winter|spring|fall|autumn|copyright|born|dob|birth|©)[ (:'-]{1,3}$|[('\u2013-]$/u
const UNIT =
  /^ ?(?:\p{L}{0,6}met(?:er|re)s?|kg|km|miles?|dollars|euros|people|words|units|[a-z]?b)\b/iu

/** A year alone is a date where the word before it says so. */
export const year: Anchored = {
  name: 'year',
  at(text, start) {
    YEAR_ALONE.lastIndex = start
    const match = YEAR_ALONE.exec(text)
    if (!match || !BEFORE_YEAR.test(before(text, start, 12))) return null
    const end = start + match[0].length
    return UNIT.test(text.slice(end, end + 16)) ? null : found(start, end, 'DATE', WEIGHT.shape)
  },
}

const AFTER_BIRTH =
  /\b(?:born|birth|dob|d\.o\.b\.?|birthday|birthdate)(?: (?:is|on|in|date))?[: ]{1,3}$/
const ANY_DATE = /\d{1,4}(?:[-/. ]\d{1,4}){0,2}(?!\d)/y

/** Whatever number follows "born" is a date of birth. */
export const birth: Anchored = {
  name: 'date of birth',
  at(text, start) {
    if (!AFTER_BIRTH.test(before(text, start, 24))) return null
    ANY_DATE.lastIndex = start
    const match = ANY_DATE.exec(text)
    return match ? found(start, start + match[0].length, 'DATE', WEIGHT.context) : null
  },
}
