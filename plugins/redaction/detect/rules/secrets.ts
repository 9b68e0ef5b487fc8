import { WEIGHT } from '../finding.ts'
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

const KEY_NAME =
  /(?<![A-Za-z])(?:[A-Za-z0-9]{1,24}[_\-. ]){0,3}(?:passwor[dt]|passwd|passphrase|pass(?:code)?|pwd|passwort|kennwort|contrase[nñ]a|secret|token|api[_\- ]?key|apikey|access[_\- ]?key|private[_\- ]?key|secret[_\- ]?key|auth(?:orization)?[_\- ]?(?:key|token)?|credentials?|client[_\- ]?secret|encryption[_\- ]?key|signing[_\- ]?key|webhook|bearer|basic|pin|otp|cvv2?|cvc|key|sid|session[_\- ]?id|cookie)(?:[_-][A-Za-z0-9]{1,16}){0,2}["'\])]{0,2}(?: {0,2}(?:=>|:=|==|=|:|,) {0,2}| (?:is|was|are|to|ist|es|est) |\s{1,2})["'`(]{0,2}/gi
const VALUE = /(?:(?:Bearer|Basic|Token) )?(?:[^\s"'`<>,;)]{3,512})/y
const STRONG = /passw|passphrase|pwd|kennwort|contrase|secret|api|token|\bpin\b|\botp\b|cvv|cvc/i

/** What stands behind the name of a credential: always after = or :, in prose only if it looks like one. */
export const namedSecret: Rule = {
  name: 'secret by name',
  find: ({ text }) =>
    every(KEY_NAME, text, ({ 0: name, index }) => {
      const start = index + name.length
      VALUE.lastIndex = start
      const isQuoted = /["'`]$/.test(name)
      const value = VALUE.exec(text)?.[0].replace(isQuoted ? /$/ : /[.,]+$/, '')
      if (!value || value.startsWith('[[')) return null
      const isAssigned = /[=:]/.test(name.slice(-8))
      if (!isCredible(name, value, isAssigned)) return null
      return found(start, start + value.length, 'SECRET', WEIGHT.context)
    }),
}

function isCredible(name: string, value: string, isAssigned: boolean): boolean {
  const hasDigit = /\d/.test(value)
  const hasSign = /[^A-Za-z0-9]/.test(value)
  const isMixed = /[a-z]/.test(value) && /[A-Z]/.test(value.slice(1))
  const isStrong = STRONG.test(name)
  if (/^(?:true|false|null|none|undefined|required|string|number|\$\{.*|<.*)$/i.test(value))
    return false
  if (isAssigned && isStrong) return value.length >= 3
  if (isStrong)
    return (hasDigit && value.length >= 4) || (value.length >= 6 && (hasSign || isMixed))
  return value.length >= 12 && hasDigit
}

const DENSE = /(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{20,512}={0,2}(?![A-Za-z0-9+/_-])/g

/** Long words without order: keys and hashes that nobody named. */
export const denseSecret: Rule = {
  name: 'secret by entropy',
  find: ({ text }) =>
    every(DENSE, text, ({ 0: word, index }) =>
      isDense(word) ? found(index, index + word.length, 'SECRET', WEIGHT.shape) : null,
    ),
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
  const isSlug = SLUG.test(word) && word.split(/[-_/]/).every((part) => part.length < MOST_IN_SLUG)
  return !isSlug && entropy(word) >= (/^[0-9a-fA-F-]+$/.test(word) ? 3 : 3.5)
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
