import type { EntityType } from '../../entity-types.ts'
import { WEIGHT } from '../finding.ts'
import { found } from './rule.ts'
import { triggered } from './triggered.ts'

/** One to four words to the end of a field: whatever a form says in it. */
const FIELD = String.raw`["']?(?: ?[:=]|["']? ?[:=])\s?["']?((?!\[\[)\p{L}[\p{L}\p{M}'’.-]{1,30}(?: [\p{L}\p{M}'’.-]{1,30}){0,3})(?=\s?(?:[,;|<>"&)\]}]|\r?\n|$|'(?!\p{L})))`
const NAME = new RegExp(
  `(?:(?:first|last|middle|maiden|given|family|full|birth|user|nick|pet|patient|customer|client)[ _-]?)?(?:name|surname|forename|login|alias|user)${FIELD}`,
  'iuy',
)
const PLACE = new RegExp(
  `(?:home[ _-]?town|town|city|village|county|street|birth[ _-]?place|place of birth|residence|district|suburb|parish)${FIELD}`,
  'iuy',
)
const FIRM = new RegExp(
  `(?:employer|company|organi[sz]ation|firm|school|university)${FIELD}`,
  'iuy',
)
/** Is called Rex; his nickname is bunny. */
const CALLED =
  /(?:called|named|nicknamed|(?:nick|sur|user|last|first|maiden )?name is) ((?!me|him|her|us|them|it|the|a|an|in|on|to|by|for|after|that|not|so|this|what|unknown|missing|required|empty|invalid|wrong|taken)\p{L}[\p{L}'’-]{1,30})(?=[.,;!?)\n]|$)/iuy

const told = (words: string, type: EntityType, pattern: RegExp) => ({
  words: words.split(' '),
  at(text: string, start: number) {
    pattern.lastIndex = start
    const match = pattern.exec(text)
    const [all = '', value = ''] = match ?? []
    if (value === '') return null
    const end = start + all.length
    return found(end - value.length, end, type, WEIGHT.weak)
  },
})

/** What stands in a field for a name, or behind the word for having one, is a name, whatever else it means. */
export const toldName = triggered('told name', [
  told(
    'first last middle maiden given family full birth user nick pet patient customer client name firstname lastname fullname username nickname surname forename login alias first_name last_name',
    'PERSON',
    NAME,
  ),
  told(
    'home hometown town city village county street birth birthplace place residence district suburb parish',
    'LOCATION',
    PLACE,
  ),
  told('employer company organisation organization firm school university', 'ORG', FIRM),
  told('called named nicknamed name nickname surname username last first maiden', 'PERSON', CALLED),
])
