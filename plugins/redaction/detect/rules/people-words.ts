import { WEIGHT } from '../finding.ts'
import type { Anchored } from './anchors.ts'
import { before, every, found, type Rule } from './rule.ts'

const TITLE =
  /(?<![\p{L}\p{N}])(?:M(?:r|rs|s|x)|Miss|Mister|Madam|Dr|Prof|Professor|Doctor|Sir|Rev|Reverend|Hon|Capt|Captain|Sgt|Sergeant|Lt|Col|Gen|Herr|Frau|Monsieur|Madame|Mme|Mlle|Señora?|Sra?|Don|Doña|Signora?|Sig|Mevrouw|Meneer|Dhr|Mevr)\.?(?=\s{1,3}\p{Lu})|(?<![\p{L}\p{N}])(?:mr|mrs|ms|mx|dr|prof|herr|frau|monsieur|madame|señora?)\.?(?=\s{1,3}\p{L}{2})/gu

/** Mr., Dr. and the like before a name. */
export const title: Rule = {
  name: 'title',
  find: (text) =>
    every(TITLE, text, ({ 0: all, index }) =>
      found(index, index + all.length, 'TITLE', WEIGHT.shape),
    ),
}

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
