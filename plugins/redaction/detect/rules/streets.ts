import { WEIGHT } from '../finding.ts'
import { type Anchored, isDigitAt } from './anchors.ts'
import { before, found, isRegion } from './rule.ts'
import { triggered } from './triggered.ts'

const WORD = String.raw`\p{L}[\p{L}\p{M}'.-]{0,30}`
const AFTER =
  'street|st|road|rd|avenue|ave|lane|ln|drive|dr|court|ct|boulevard|blvd|way|place|pl|square|sq|terrace|ter|close|crescent|cres|parkway|pkwy|highway|hwy|circle|cir|trail|turnpike|row|walk|gardens|grove|mews|loop|alley|plaza|quay'
const UNIT_BEHIND = String.raw`(?:[, \n]{1,3}(?:apt|apartment|suite|ste|unit|flat|floor|fl|room|rm|bldg|building|#)\.? ?#?[\p{L}\d-]{1,6})?`
const JOINED =
  'stra(?:ß|ss)e|str\\.|weg|gasse|allee|platz|straat|laan|gracht|plein|kade|gatan|vägen|vej|gade|gate|veien|katu|utca|tee|tie|terrasse|terras|plads|väg|út|tér|rkp\\.'
const BEFORE =
  'rue|avenue|av\\.|boulevard|bd|place|chemin|impasse|allée|quai|calle|c/|avenida|avda\\.?|paseo|plaza|carrer|via|viale|piazza|corso|vicolo|rua|travessa|praça|ul\\.|ulica|al\\.'

const NUMBER_FIRST = new RegExp(
  String.raw`\d{1,6}[a-z]?(?:[-/]\d{1,4})?,? (?:(?:n|s|e|w|north|south|east|west)\.? )?(?:\d{1,3}(?:st|nd|rd|th) |(?:${WORD} ){1,4}?)(?:${AFTER})(?![\p{L}])\.?${UNIT_BEHIND}`,
  'iuy',
)
const NUMBER_FIRST_ROMANCE = new RegExp(
  String.raw`\d{1,5}(?: bis| ter|[a-z])?,? (?:${BEFORE}) (?:${WORD} ?){1,5}`,
  'iuy',
)

/** 12 Main Street, 12 rue de la Paix: addresses that begin with the house number. */
export const street: Anchored = {
  name: 'street',
  at(text, start) {
    if (!isDigitAt(text, start)) return null
    for (const pattern of [NUMBER_FIRST, NUMBER_FIRST_ROMANCE]) {
      pattern.lastIndex = start
      const match = pattern.exec(text)
      if (match) return found(start, start + match[0].trimEnd().length, 'ADDRESS', WEIGHT.context)
    }
    return null
  },
}

const JOINED_AHEAD = new RegExp(`(?:${JOINED}) ?$`, 'iu')
const HOUSE = /\d{1,5}(?: ?[a-z])?(?![\p{L}\d])/iuy
/** Written apart from the name of the street. */
const SEPARATE = /^\p{L}{2,9} $/u
const MAX_STREET = 40

/** Hauptstraße 12: a street that ends in the word for one, before a number. */
export const joinedStreet: Anchored = {
  name: 'street in one word',
  at(text, start) {
    if (!isDigitAt(text, start) || !JOINED_AHEAD.test(text.slice(Math.max(0, start - 10), start)))
      return null
    HOUSE.lastIndex = start
    const house = HOUSE.exec(text)
    if (!house) return null
    const space = text.lastIndexOf(' ', start - 2)
    const isAlone = space >= 0 && SEPARATE.test(text.slice(space + 1, start))
    let from = isAlone ? space : start - 1
    while (start - from < MAX_STREET && /[\p{L}\p{M}.-]/u.test(text.charAt(from - 1))) from--
    return found(from, start + house[0].length, 'ADDRESS', WEIGHT.context)
  },
}

const FORWARD = [
  String.raw`(?:${BEFORE}) (?:${WORD}[ ,]{1,2}){1,5}(?:n\.?[º°] ?)?\d{1,5}(?![\p{L}\d])`,
  String.raw`(?:p\.? ?o\.? ?box|post ?fach|apartado|bo[iî]te postale|postbus) \d{1,7}(?!\d)`,
  String.raw`(?:apt|apartment|suite|ste|unit|flat|floor|room|bldg|building|whg|box|piso)\.? ?(?:#|no\.? ?)?(?=[\p{L}-]{0,2}\d)[\p{L}\d-]{1,6}(?![\p{L}\d])`,
].map((source) => new RegExp(source, 'iuy'))
const FORWARD_WORDS =
  'rue avenue av boulevard bd place chemin impasse allée quai calle c avenida avda paseo plaza carrer via viale piazza corso vicolo rua travessa praça ul ulica al p po post postfach apartado boîte boite postbus apt apartment suite ste unit flat floor room bldg building whg box piso'

/** Calle Mayor 5, P.O. Box 7, Apt. 12: the word comes first. */
export const namedStreet = triggered('street by its first word', [
  {
    words: FORWARD_WORDS.split(' '),
    at(text, start) {
      for (const pattern of FORWARD) {
        pattern.lastIndex = start
        const match = pattern.exec(text)
        if (match) return found(start, start + match[0].length, 'ADDRESS', WEIGHT.likely)
      }
      return null
    },
  },
])

const ZIPS = [
  { region: 'GB', pattern: /[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}(?![\p{L}\d])/uy, isTelling: true },
  { region: 'CA', pattern: /[ABCEGHJ-NPRSTVXY]\d[A-Z] ?\d[A-Z]\d(?![\p{L}\d])/uy, isTelling: true },
  { region: 'NL', pattern: /[1-9]\d{3} ?[A-Z]{2}(?![\p{L}\d])/uy, isTelling: true },
  { region: 'US', pattern: /\d{5}(?:-\d{4})?(?![\p{L}\d])/uy, isTelling: false },
  { region: 'any', pattern: /\d{3,6}(?:[- ]\d{2,4})?(?![\p{L}\d])/uy, isTelling: false },
]
const STATE = /(?:^|[ ,])[a-z]{2}\.? $/
const ZIP_WORD =
  /(?:zip|postal|post ?code|plz|postleitzahl|code postal|cp|cap)(?: ?code)?(?: is)?[:= ]{1,3}$/

/** Postal codes: by their form, behind a state's code, or behind the word for them. */
export const zip: Anchored = {
  name: 'postal code',
  at(text, start, context) {
    const ahead = before(text, start, 24)
    for (const { region, pattern, isTelling } of ZIPS) {
      pattern.lastIndex = start
      const match = pattern.exec(text)
      if (!match || !/\d/.test(match[0])) continue
      const end = start + match[0].length
      if (ZIP_WORD.test(ahead)) return found(start, end, 'ZIP', WEIGHT.context)
      if (isTelling && isRegion(context, region)) return found(start, end, 'ZIP', WEIGHT.shape)
      if (
        region === 'US' &&
        STATE.test(ahead) &&
        /[A-Z]{2}\.? $/.test(text.slice(0, start).slice(-4))
      )
        return found(start, end, 'ZIP', WEIGHT.shape)
    }
    return null
  },
}
