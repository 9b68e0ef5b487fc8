import { found } from './rule.ts'
import { type Triggered, triggered } from './triggered.ts'

const LABEL = String.raw`[\p{L}\p{N}-]{1,63}`
const IN_BRACKETS = String.raw`\s{0,2}[\[({<*_-]\s{0,2}(?:dot|punkt|punto|point|\.)\s{0,2}[\])}>*_-]\s{0,2}`
const IN_WORDS = String.raw`\s{1,2}dot\s{1,2}`
const SPACED = String.raw`\s{0,2}\.\s{0,2}`
const pattern = (at: string, dots: string[]): RegExp =>
  new RegExp(`${at}${LABEL}(?:(?:${dots.join('|')})${LABEL}){1,4}`, 'iuy')

/** Behind an opening bracket, between spaces, and an @ with spaces around it. */
const AFTER_BRACKET = pattern(String.raw`(?:at|@|arroba)\s{0,2}[\])}>*_-]\s{0,2}`, [
  IN_BRACKETS,
  IN_WORDS,
  String.raw`\.`,
])
const AS_WORD = pattern(String.raw`(?:at|arroba)\s{1,2}`, [IN_WORDS, IN_BRACKETS])
const AS_SIGN = pattern(String.raw`@\s{0,2}`, [IN_BRACKETS, IN_WORDS, SPACED])

const LOCAL = /[\p{L}\p{N}._+-]/u
const MAX_LOCAL = 64

const spelled: Triggered = {
  words: ['at', '@', 'arroba'],
  at(text, start) {
    const { end: localEnd, isBracket } = behindLocal(text, start)
    let from = localEnd
    while (localEnd - from < MAX_LOCAL && LOCAL.test(text.charAt(from - 1))) from--
    if (from === localEnd) return null
    const rest = isBracket ? AFTER_BRACKET : text.charAt(start) === '@' ? AS_SIGN : AS_WORD
    rest.lastIndex = start
    const match = rest.exec(text)
    return match ? found(from, start + match[0].length, 'EMAIL') : null
  },
}

/** alice [at] example [dot] com, alice at example dot com, alice @ example . com. */
export const spelledEmail = triggered('spelled e-mail', [spelled])

/** Where the part before the "at" ends: up to two spaces, a bracket and two more spaces away. */
function behindLocal(text: string, start: number): { end: number; isBracket: boolean } {
  const inside = skipSpaces(text, start)
  const isBracket = /[[({<*_-]/.test(text.charAt(inside - 1))
  return { end: isBracket ? skipSpaces(text, inside - 1) : inside, isBracket }
}

function skipSpaces(text: string, start: number): number {
  let at = start
  while (start - at < 2 && /\s/.test(text.charAt(at - 1))) at--
  return at
}
