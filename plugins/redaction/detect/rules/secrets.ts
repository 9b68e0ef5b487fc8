import { type Candidate, WEIGHT } from '../finding.ts'
import { lexicon } from '../lexicon/lexicon.ts'
import { hashWord } from '../tagger/tokens.ts'
import { every, found, type Rule } from './rule.ts'
import { PREFIXED } from './secret-prefixes.ts'

const JWT =
  /(?<![A-Za-z0-9])ey[A-Za-z0-9_-]{8,2048}\.(?:ey)?[A-Za-z0-9_-]{4,4096}(?:\.[A-Za-z0-9_-]{0,2048}){0,3}/g
const PEM = /-----BEGIN [A-Z0-9 ]{0,40}(?:KEY|CERTIFICATE|MESSAGE|REQUEST)[A-Z0-9 ]{0,10}-----/g
const PEM_END = /-----END [A-Z0-9 ]{0,50}-----/
const MAX_PEM = 16_384

/** Keys of a vendor, tokens with a signature, PEM blocks to their end or as far as they go. */
export const knownSecret: Rule = {
  name: 'secret by form',
  find: ({ text }) => [
    ...every(PREFIXED, text, ({ 0: all, index }) =>
      found(index, index + all.length, 'SECRET', WEIGHT.checked),
    ),
    ...every(JWT, text, ({ 0: all, index }) =>
      found(index, index + all.length, 'SECRET', WEIGHT.checked),
    ),
    ...every(PEM, text, ({ 0: all, index }) => {
      const from = index + all.length
      const body = text.slice(from, index + MAX_PEM)
      const close = PEM_END.exec(body)
      const end = from + (close ? close.index + close[0].length : body.length)
      PEM.lastIndex = end
      return found(index, end, 'SECRET', WEIGHT.checked)
    }),
  ],
}

/** Between a name and its value: a sign of assignment, with a type before it; a word of prose; a blank. */
const BETWEEN = String.raw`["'\`\])]{0,2}(?:\s{0,2}(?::\s{0,2}[A-Za-z]{1,16}\s{0,2}=|\s[A-Za-z]{1,12}\s{0,2}=|=>|::?=|\?=|==|=|:|,|>)\s{0,2}| (?:is|was|are|to|ist|es|est) |\s{1,2})["'\`(]{0,2}`
const WORDS =
  'passwor[dt]|passwd|passphrase|pass(?:code)?|pwd|passwort|kennwort|contrase[nñ]a|secret|token|api[_\\- ]?key|apikey|access[_\\- ]?key|private[_\\- ]?key|secret[_\\- ]?key|auth(?:orization)?[_\\- ]?(?:key|token)?|credentials?|client[_\\- ]?secret|encryption[_\\- ]?key|signing[_\\- ]?key|webhook|bearer|basic|pin|otp|cvv2?|cvc|key|sid|session[_\\- ]?id|cookie|license|pat'
const KEY_NAME = new RegExp(
  `(?<![A-Za-z])(?:[A-Za-z0-9]{1,24}[_\\-. ]){0,3}(?:${WORDS})(?:[_-][A-Za-z0-9]{1,16}){0,2}${BETWEEN}`,
  'gi',
)
/** acmeToken, billingAuthKeyProd */
const CAMEL_NAME = new RegExp(
  `(?<=[a-z0-9])(?:Token|Secret|Key|Passwor[dt]|Passwd|Passphrase|Passcode|Pass|Pwd|Credentials?|Auth|Pin|Otp|License)(?:[A-Z][a-z]{1,12}){0,2}${BETWEEN}`,
  'g',
)
const VALUE = /(?:(?:Bearer|Basic|Token) )?(?:[^\s"'`<>,;)]{3,512})/y
const QUOTED: Record<string, RegExp> = {
  '"': /[^"\r\n]{3,512}(?=")/y,
  "'": /[^'\r\n]{3,512}(?=')/y,
  '`': /[^`\r\n]{3,512}(?=`)/y,
}
const STRONG = /pass|pwd|kennwort|contrase|secret|api|token|\bpin\b|\botp\b|cvv|cvc/i

/** What stands behind the name of a credential: always after = or :, in prose only if it looks like one. */
export const namedSecret: Rule = {
  name: 'secret by name',
  find: ({ text }) => [
    ...every(KEY_NAME, text, (match) => valueBehind(text, match, isIdentifier(match[0]))),
    ...every(CAMEL_NAME, text, (match) => valueBehind(text, match, true)),
  ],
}

/** As programs name things, not people: `acme_key`, `--token`. */
const isIdentifier = (name: string): boolean => /[A-Za-z0-9][_.-][A-Za-z0-9]/.test(name)

function valueBehind(
  text: string,
  { 0: name, index }: RegExpExecArray,
  isIdentified: boolean,
): Candidate | null {
  const start = index + name.length
  const quote = QUOTED[name.at(-1) ?? '']
  const value =
    matchAt(quote, text, start) ?? matchAt(VALUE, text, start)?.replace(quote ? /$/ : /[.,:]+$/, '')
  if (!value || value.startsWith('[[')) return null
  const isAssigned = /[=:>]/.test(name.slice(-8)) || text.slice(index - 2, index) === '--'
  const isCredible = isAssigned ? isAssignable(name, value, isIdentified) : isTelling(name, value)
  return isCredible ? found(start, start + value.length, 'SECRET', WEIGHT.context) : null
}

function matchAt(pattern: RegExp | undefined, text: string, at: number): string | undefined {
  if (!pattern) return undefined
  pattern.lastIndex = at
  return pattern.exec(text)?.[0]
}

const NOTHING =
  /^(?:true|false|null|none|nil|undefined|required|optional|string|number|\$\{.*|<.*)$/i

function isAssignable(name: string, value: string, isIdentified: boolean): boolean {
  if (NOTHING.test(value)) return false
  if (STRONG.test(name)) return value.length >= 3
  if (value.length >= 12 && /\d/.test(value)) return true
  return isIdentified && value.length >= 8 && (isOdd(value) || isUnknown(value))
}

/** In prose. */
function isTelling(name: string, value: string): boolean {
  if (NOTHING.test(value)) return false
  if (!STRONG.test(name)) return value.length >= 12 && /\d/.test(value)
  return /\d/.test(value) ? value.length >= 4 : value.length >= 6 && isOdd(value)
}

/** Digits, signs or capitals where a word has none. */
const isOdd = (value: string): boolean =>
  /\d|[^A-Za-z0-9_.()[\]-]/.test(value) ||
  (/[a-z]/.test(value) && /[A-Z]{2}|^[A-Z]\w*[A-Z]/.test(value))

const isUnknown = (value: string): boolean =>
  /^[a-z]+$/i.test(value) && lexicon().flags(hashWord(value)) === 0

const PHRASE =
  /(?<![A-Za-z])(?:(?:pass ?(?:word|phrase)|pw|seed|mnemonic) {0,2}[:=] {0,2}|(?:seed|recovery|backup|secret|mnemonic) (?:phrase|words?)(?: {0,2}[:=] {0,2}| (?:is |was |are )?))["'`]?((?:[a-z]{3,12}[ -]){3,23}[a-z]{3,12})(?![A-Za-z])/gi
const WORD_ALONE =
  /(?<![A-Za-z])(?:password|passphrase|passcode|passwort|kennwort|pw)(?: (?:is|was|ist)|:) ["'`]?([A-Za-z]{4,40})["'`]?(?=[.,;!]?(?:\n|$))/gi
const STATES =
  /^(?:wrong|required|incorrect|expired|invalid|correct|needed|missing|weak|strong|reset|changed|stored|empty|hidden|below|above|protected|forgotten|optional|blank|again|please|secret|policy|manager|field|prompt|attempts?|reset|change|recovery|problems?|hash|file|login|lost)$/i

/** Passwords of plain words: several in a row, or one at the end of what is said. */
export const phraseSecret: Rule = {
  name: 'secret of words',
  find: ({ text }) =>
    [PHRASE, WORD_ALONE].flatMap((pattern) =>
      every(pattern, text, ({ 0: all, 1: words = '', index }) => {
        if (pattern === WORD_ALONE && STATES.test(words)) return null
        const start = index + all.lastIndexOf(words)
        return found(start, start + words.length, 'SECRET', WEIGHT.context)
      }),
    ),
}

const DENSE = /(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{20,512}={0,2}(?![A-Za-z0-9+/_-])/g
/** What belongs to a word without order: its parts between points, a checksum, an escaped end. */
const GLUED_BEFORE = /(?:[A-Za-z0-9+/_-]{1,128}[.~:]){1,4}$/
const GLUED_BEHIND = /(?:[.~:][A-Za-z0-9+/_-]{1,512}|%[0-9A-Fa-f]{2}|=){1,5}/y

/** Long words without order: keys and hashes that nobody named. */
export const denseSecret: Rule = {
  name: 'secret by entropy',
  find: ({ text }) =>
    every(DENSE, text, ({ 0: word, index }) => {
      if (!isDense(word)) return null
      const head = GLUED_BEFORE.exec(text.slice(Math.max(0, index - 160), index))?.[0] ?? ''
      const behind = matchAt(GLUED_BEHIND, text, index + word.length) ?? ''
      const end = index + word.length + behind.length
      DENSE.lastIndex = end
      return found(index - head.length, end, 'SECRET', WEIGHT.shape)
    }),
}

/** Words in a row (`very-long-name-2`, `SomeClassName`) are long as well, but change their kind of sign seldom. */
const SLUG = /^[a-z]+(?:[-_/][a-z0-9]+)*$/i
const MOST_IN_SLUG = 12
const RESTLESS = 0.35

function isDense(word: string): boolean {
  if (!/\d/.test(word)) {
    const changes = word.match(/[a-z][A-Z]|[A-Z][a-z]/g)?.length ?? 0
    return changes / word.length > RESTLESS && entropy(word) >= 3.5
  }
  if (!/[a-zA-Z]/.test(word)) return false
  const parts = word.split(/[-_/]/)
  if (SLUG.test(word) && parts.every((part) => part.length < MOST_IN_SLUG)) return false
  const isHex = parts.some((part) => /^[0-9a-f]{16,}$|^[0-9A-F]{16,}$/.test(part))
  return entropy(word) >= (isHex || /^[0-9a-fA-F-]+$/.test(word) ? 3 : 3.5)
}

/** Shannon's, in bits a sign. */
function entropy(word: string): number {
  const counts = new Map<string, number>()
  for (const sign of word) counts.set(sign, (counts.get(sign) ?? 0) + 1)
  let bits = 0
  for (const count of counts.values())
    bits -= (count / word.length) * Math.log2(count / word.length)
  return bits
}
