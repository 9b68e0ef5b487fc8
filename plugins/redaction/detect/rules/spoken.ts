import { WEIGHT } from '../finding.ts'
import { SHAPE, type Tokens } from '../tagger/tokens.ts'
import { found, type Rule } from './rule.ts'
import { triggered } from './triggered.ts'

const DIGITS = 'zero|oh|one|two|three|four|five|six|seven|eight|nine|double|triple'
const TENS =
  'ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand'
const ORDINALS =
  'first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|thirteenth|fourteenth|fifteenth|sixteenth|seventeenth|eighteenth|nineteenth|twentieth|thirtieth'
const MONTHS =
  'january|february|march|april|may|june|july|august|september|october|november|december'
const NUMBER = `(?:${DIGITS}|${TENS}|\\d{1,6})`
const GAP = '[ ,.\\n-]{1,3}(?:and )?'

/** Four and more number words in a row, as somebody dictates a phone number or a card. */
const RUN = new RegExp(`${NUMBER}(?:${GAP}${NUMBER}){3,40}(?![\\p{L}\\d])`, 'iuy')
/** The third of May nineteen eighty-four; twenty-first of June. */
const DATE = new RegExp(
  `(?:(?:twenty|thirty)[- ])?(?:${ORDINALS}) (?:of )?(?:${MONTHS})(?:(?:,? |-)${NUMBER}){0,5}(?![\\p{L}\\d])`,
  'iuy',
)

export const spoken = triggered('spoken number', [
  {
    words: [...DIGITS.split('|'), ...TENS.split('|')],
    at(text, start) {
      RUN.lastIndex = start
      const match = RUN.exec(text)
      return match ? found(start, start + match[0].length, 'NUM', WEIGHT.shape) : null
    },
  },
  {
    words: ['twenty', 'thirty', ...ORDINALS.split('|')],
    at(text, start) {
      DATE.lastIndex = start
      const match = DATE.exec(text)
      return match ? found(start, start + match[0].length, 'DATE', WEIGHT.shape) : null
    },
  },
])

const LEAST_LETTERS = 4
const BETWEEN = /^[.\-_*·|]$/

/** G r e t a, G.r.e.t.a, D-E-8-9: letters and digits one by one, with the same sign between all of them. */
export const spelledOut: Rule = {
  name: 'letter by letter',
  find({ text, tokens }) {
    const candidates = []
    for (let i = 0; i < tokens.count; i++) {
      const { last, letters } = runFrom(text, tokens, i)
      if (letters >= LEAST_LETTERS) {
        const [start, end] = [tokens.starts[i] ?? 0, tokens.ends[last] ?? 0]
        candidates.push(found(start, end, 'TERM', WEIGHT.shape))
      }
      i = Math.max(i, last)
    }
    return candidates
  },
}

function runFrom(text: string, tokens: Tokens, first: number): { last: number; letters: number } {
  let [last, letters] = [first, 0]
  if (!isSingle(tokens, first)) return { last, letters }
  letters = 1
  const between = signAt(text, tokens, first + 1)
  const step = between === undefined ? 1 : 2
  while (isSingle(tokens, last + step)) {
    if (between !== undefined && signAt(text, tokens, last + 1) !== between) break
    last += step
    letters++
  }
  return { last, letters }
}

const isSingle = ({ starts, ends, shapes, count }: Tokens, i: number): boolean =>
  i < count && (ends[i] ?? 0) - (starts[i] ?? 0) === 1 && shapes[i] !== SHAPE.sign

function signAt(text: string, { starts, ends, count }: Tokens, i: number): string | undefined {
  const sign = i < count ? text.slice(starts[i], ends[i]) : ''
  return BETWEEN.test(sign) ? sign : undefined
}
