/**
 * What a placeholder may have become on its way through a model, an editor or a pipeline: other
 * case, other or fewer brackets, escapes, a separator, full-width letters, another language's word for
 * the type, an alias. Every form is shorter than this, so a stream never holds back more.
 */
export const LONGEST = 48

/** One square bracket, as it is or escaped for markdown, HTML, a URL or JSON. */
const SQUARE_OPEN = '(?:\\\\?\\[|［|&(?:lsqb|#0?91|#x5b);|%5b|\\\\u005b)'
const SQUARE_CLOSE = '(?:\\\\?\\]|］|&(?:rsqb|#0?93|#x5d);|%5d|\\\\u005d)'
/** Another kind of bracket; only in pairs, since one alone belongs to the text around it. */
const OTHER_OPEN =
  '(?:\\\\?[({<]|[｛（＜「【⟦《〈‹«]|&(?:lt|lpar|lcub|#0?60|#x3c);|%(?:7b|3c|28)|\\\\u00(?:7b|3c|28))'
const OTHER_CLOSE =
  '(?:\\\\?[)}>]|[｝）＞」】⟧》〉›»]|&(?:gt|rpar|rcub|#0?62|#x3e);|%(?:7d|3e|29)|\\\\u00(?:7d|3e|29))'
/** Of the basic plane, so that lengths in UTF-16 units hold. */
const LETTER = '(?:(?![\\u{10000}-\\u{10ffff}])\\p{L})'
const DIGIT = '[0-9０-９]'
const ALNUM = '[0-9A-Za-z０-９Ａ-Ｚａ-ｚ]'
/** One separator: a blank, a dash or point, an escaped `_`, a line break. */
const SEP =
  '(?:\\\\?[-_.:#/~]|[\\u00a0\\u00ad\\u2010-\\u2015\\u200b-\\u200d\\u2060\\u202f]|%20|\\r?\\n| )'
const CORE = `(${LETTER}{1,10})${SEP}?(${DIGIT}{1,5})${SEP}?(${ALNUM}{2})`
/** Emphasis and blanks between bracket and word. */
const PAD = '[ *`]{0,3}'

const EXACT = '\\[\\[([A-Z]{2,10})([1-9][0-9]{0,4})([0-9A-HJKMNP-TV-Z]{2})\\]\\]'
/** `[[PERSON1K7|the customer]]`, as in a wiki. */
const ALIASED = `\\[{1,2}${CORE}\\|[^\\[\\]|\\r\\n]{0,16}\\]{1,2}`
/** `[[ PERSON1K7 ]]`, `{{**PERSON1K7**}}` */
const PADDED = `[[({<]{1,2}${PAD}${CORE}${PAD}[\\])}>]{1,2}`
const SQUARE = `${SQUARE_OPEN}{1,2}${CORE}${SQUARE_CLOSE}{0,2}`
const OTHER = `${OTHER_OPEN}{1,2}${CORE}${OTHER_CLOSE}{1,2}`
/** Without brackets it must stand by itself; a plural or possessive s stays outside. */
const BARE = `(?<![\\p{L}\\p{N}])${CORE}(?:\\]\\]|(?=s?(?![\\p{L}\\p{N}])))`
/** Words, ordinals and checks of the forms, in the order they are tried. */
const FORMS = [EXACT, ALIASED, PADDED, SQUARE, OTHER, BARE]

const MATCHER = new RegExp(FORMS.join('|'), 'giu')
const DIGITS = new RegExp(DIGIT, 'g')

/** The next text at or behind `from` that may be a placeholder; what it is, only the session can say. */
export function matchFrom(text: string, from: number): RegExpExecArray | null {
  // every form has one, and to look for it alone costs next to nothing
  DIGITS.lastIndex = from
  if (!DIGITS.test(text)) return null
  MATCHER.lastIndex = from
  return MATCHER.exec(text)
}

/** Word, ordinal and check as they were written. */
export function partsOf(match: RegExpExecArray): { word: string; digits: string; check: string } {
  for (let form = 0; form < FORMS.length; form++) {
    const [word, digits, check] = match.slice(1 + form * 3, 4 + form * 3)
    if (word !== undefined && digits !== undefined && check !== undefined)
      return { word, digits, check }
  }
  throw new RangeError('a form without its three parts')
}

const PARTIAL = '(?:&[#0-9a-z]{0,5}|%[0-9a-f]?|\\\\(?:u[0-9a-f]{0,3})?|\\r)'
const ANY_OPEN = `(?:${SQUARE_OPEN}|${OTHER_OPEN})`
const ANY_CLOSE = `(?:${SQUARE_CLOSE}|${OTHER_CLOSE})`
const CLOSING = `(?:s|${PAD}(?:\\|[^\\[\\]|\\r\\n]{0,16})?${ANY_CLOSE}{0,2})`

/** The end of a text that may become one when more of it comes: rather too much than too little. */
export const BEGINNING = new RegExp(
  `${ANY_OPEN}{0,2}${PAD}(?:${LETTER}{1,10}(?:${SEP}?(?:${DIGIT}{1,5}(?:${SEP}?(?:${ALNUM}{1,2}${CLOSING}?)?)?)?)?)?${PARTIAL}?$`,
  'iu',
)
