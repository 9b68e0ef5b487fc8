import { WEIGHT } from '../finding.ts'
import type { Anchored } from './anchors.ts'
import { before, found } from './rule.ts'
import { triggered } from './triggered.ts'

const BEFORE_NAME =
  'mr mrs ms mx miss mister madam dr prof professor doctor sir rev reverend hon capt captain sgt sergeant lt col gen herr frau monsieur madame mme mlle señor señora sr sra don doña signor signora sig mevrouw meneer dhr mevr'
const SHORT = new Set('mr mrs ms mx dr prof herr frau monsieur madame señor señora'.split(' '))
const TITLE = /(\p{L}{2,9})\.?(?=\s{1,3}(\p{L})[\p{L}'.])/uy

/** Mr., Dr. and the like before a name; in small letters only those that are nothing else. */
export const title = triggered('title', [
  {
    words: BEFORE_NAME.split(' '),
    at(text, start) {
      TITLE.lastIndex = start
      const match = TITLE.exec(text)
      if (!match) return null
      const [all, word = '', next = ''] = match
      const isCapital = /^\p{Lu}/u.test(word) && /\p{Lu}/u.test(next)
      if (!isCapital && !SHORT.has(word.toLowerCase())) return null
      return found(start, start + all.length, 'TITLE', WEIGHT.shape)
    },
  },
])

const NAME_BEHIND = /\p{L}{2,9}\.?\s{1,3}(\p{L}[\p{L}'-]{1,30})(?![\p{L}@])/uy
const NO_NAME = new Set(
  'and or the a an of to in is was has had will can with for who whose'.split(' '),
)

/** Who is called Mrs or Dr has a name, however it is written and whatever else the word means. */
export const titled = triggered('name behind a title', [
  {
    words: [...SHORT],
    at(text, start) {
      NAME_BEHIND.lastIndex = start
      const match = NAME_BEHIND.exec(text)
      const [all = '', name = ''] = match ?? []
      if (name === '' || NO_NAME.has(name.toLowerCase())) return null
      const end = start + all.length
      return found(end - name.length, end, 'PERSON', WEIGHT.shape)
    },
  },
])

const BEHIND =
  /\d{1,3}(?=[ -]?(?:years?|yrs?|yr|months?|weeks?)[ -]{1,2}(?:old|of age)|[ -]?(?:y\/o|yo|yrs?\.? old)(?![\p{L}])|-year-old)/uy
const NUMBER =
  /\d{1,3}(?!\d|[.,:/-]\d|\s?(?:%|percent|minutes?|hours?|days?|km|miles|euros?|dollars?)(?!\p{L}))/uy
const AHEAD =
  /(?:^|[^\p{L}])(?:aged?|turn(?:s|ed|ing)?|age (?:is|was|of)|at the age of|i'm|i am|alter|edad|âge)\s?[:=]?\s?"?$/u

/** How old somebody is: only the number, since the words around it tell nobody apart. */
export const age: Anchored = {
  name: 'age',
  at(text, start) {
    for (const pattern of AHEAD.test(before(text, start, 20)) ? [BEHIND, NUMBER] : [BEHIND]) {
      pattern.lastIndex = start
      const match = pattern.exec(text)
      if (match && Number(match[0]) < 125)
        return found(start, start + match[0].length, 'AGE', WEIGHT.context)
    }
    return null
  },
}
