import { WEIGHT } from '../finding.ts'
import { before, found } from './rule.ts'
import { triggered } from './triggered.ts'

const STREET_WORDS =
  'street road avenue lane boulevard drive crescent terrace square court highway alley'.split(' ')
const STREET_AHEAD =
  /(?:^|[^\p{L}])(?:on|at|near|off|along|from|of|in|to|down) ((?:\p{L}[\p{L}'-]{1,20} ){1,2})$/u
const NO_NAME =
  /(?:^| )(?:the|a|an|this|that|each|every|any|my|our|your|his|her|their|its|one|same|other|whole|busy|next|open|right|wrong|long|quiet|public|main|high) $/

/** On elm street: without a number or a capital, told by the word before it. */
export const streetAlone = triggered('street by its last word', [
  {
    words: STREET_WORDS,
    at(text, start) {
      const ahead = before(text, start, 52)
      const name = STREET_AHEAD.exec(ahead)?.[1]
      if (!name || NO_NAME.test(` ${name}`)) return null
      const word = /^\p{L}+/u.exec(text.slice(start, start + 16))?.[0] ?? ''
      return found(start - name.length, start + word.length, 'ADDRESS', WEIGHT.shape)
    },
  },
])
