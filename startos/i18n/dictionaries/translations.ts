import { de } from './de.ts'
import { type Sentence, sentences } from './default.ts'
import { es } from './es.ts'
import { fr } from './fr.ts'
import { pl } from './pl.ts'

const byNumber = (dictionary: Record<Sentence, string>): Record<number, string> =>
  Object.fromEntries(
    (Object.keys(sentences) as Sentence[]).map((key) => [sentences[key], dictionary[key]]),
  )

export const translations = {
  de_DE: byNumber(de),
  es_ES: byNumber(es),
  fr_FR: byNumber(fr),
  pl_PL: byNumber(pl),
}
