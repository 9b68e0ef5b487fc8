import type { EntityType } from '../../entity-types.ts'
import { WEIGHT } from '../finding.ts'
import { found } from './rule.ts'
import { triggered } from './triggered.ts'

const THINGS =
  "passport|driver'?s?'? ?licen[cs]e|driving licen[cs]e|licen[cs]e(?: plate)?|number plate|registration|vin|national id|id card|identity card|personal id|tax|vat|ust-?id(?:nr)?|social insurance|insurance|policy|membership|member|patient|medical record|health|mrn|npi|dea|employee|personnel|student|customer|client|case|claim|order|booking|reservation|confirmation|ticket|invoice|contract|reference|ref|tracking|serial|imei|imsi|iccid|device|account|acct|a/c|routing|sort code|bsn|dni|nie|cpf|pesel|steuer|ausweis|kunden|vertrags?|rechnungs?|personal|matrikel|user|profile|id"
const NAMED = new RegExp(
  String.raw`(?:${THINGS})(?:[ -]?(?:number|no|nr|num|id|code|#|nummer|numero|número))?\.?(?: (?:is|was|are|of|with))?[ ]?[:=#]?[ ]{0,2}["'(]?([\p{L}\d](?:[-./ ]?[\p{L}\d]){2,28})`,
  'iuy',
)
const ACCOUNT = /account|acct|a\/c|routing|sort code/i

/** The first words of the things above. */
const WORDS =
  "passport driver driver's drivers drivers' driving license licence number registration vin national id identity personal tax vat ust social insurance policy membership member patient medical health mrn npi dea employee personnel student customer client case claim order booking reservation confirmation ticket invoice contract reference ref tracking serial imei imsi iccid device account acct a routing sort bsn dni nie cpf pesel steuer ausweis kunden vertrag vertrags rechnung rechnungs matrikel kundennummer rechnungsnummer vertragsnummer ausweisnummer steuernummer personalnummer user profile"

/** What stands behind the name of a number: a passport's, a patient's, an order's. It has a digit at least. */
export const namedId = triggered('named id', [
  {
    words: WORDS.split(' '),
    at(text, start) {
      NAMED.lastIndex = start
      const match = NAMED.exec(text)
      const [all = '', tail = ''] = match ?? []
      const value = idOf(tail)
      if (value === null) return null
      const from = start + all.length - tail.length
      const type: EntityType = ACCOUNT.test(all.slice(0, -tail.length)) ? 'ACCOUNT' : 'ID'
      return found(from, from + value.length, type, WEIGHT.context)
    },
  },
])

/** As far as the words with digits go: "AB 12 345 was" ends before "was". */
function idOf(tail: string): string | null {
  const words = tail.split(' ')
  let end = 0
  for (const [i, word] of words.entries()) {
    const isShortCode = /^\p{Lu}{1,3}$/u.test(word) && /\d/.test(words[i + 1] ?? '')
    if (!/\d/.test(word) && !isShortCode) break
    end = i + 1
  }
  const value = words.slice(0, end).join(' ')
  return value.replace(/[^\p{L}\d]/gu, '').length >= 4 ? value : null
}
