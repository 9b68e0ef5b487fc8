import { SECRET_KEY } from '../topology/reading.ts'
import { syntaxMistakes } from '../topology/yaml-mistakes.ts'

const LONGEST = 300

/**
 * A text as one line of a comment: what it says must not end the comment, and what our own parser
 * counts in comments too, such as open brackets, must not trip it.
 */
export function commentLine(text: string): string {
  const line = text.replace(/[\p{C}\p{Z}]+/gu, ' ').trim()
  const short = line.length > LONGEST ? `${line.slice(0, LONGEST - 1).toWellFormed()}…` : line
  return isHarmless(short)
    ? short
    : short.replace(/[[\]{}!]/g, (sign) => `\\x${sign.charCodeAt(0).toString(16)}`)
}

/**
 * Whether a text, in a comment or in quotes, leaves the checks alone that look at a topology before it
 * is parsed: they count brackets and tags wherever they stand.
 */
export const isHarmless = (text: string): boolean =>
  isBalanced(text) && syntaxMistakes(`# ${text}\n`, []).length === 0

function isBalanced(text: string): boolean {
  let depth = 0
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    depth += bracket === '[' || bracket === '{' ? 1 : -1
    if (depth < 0) return false
  }
  return depth === 0
}

/** A value nobody understood, for a comment; what may be a secret is left where it stands. */
export function keptValue(name: string, value: unknown): string {
  if (isSecretName(name)) return HIDDEN
  const shown = JSON.stringify(value, (key, inner) =>
    (key !== '' && isSecretName(key)) || (typeof inner === 'string' && looksSecret(inner))
      ? HIDDEN
      : inner,
  )
  return shown ?? 'null'
}

const HIDDEN = '(not repeated here)'

/** Whether a value, told under a name, would give away what may be a secret. */
export const mayBeSecret = (name: string, value: unknown): boolean =>
  keptValue(name, value).includes(HIDDEN)

/** Also as part of a name: HF_TOKEN, apiKey, db_password_old. */
const isSecretName = (name: string): boolean =>
  SECRET_KEY.test(name) || /key|token|secret|passw|credential|auth|cookie/i.test(name)

/** Tokens by their usual beginnings, words of a login, addresses with one, and long random-looking words. */
const looksSecret = (text: string): boolean =>
  /\b(hf|sk|pk|gh[opsu]|glpat|xox[a-z]|tskey|AKIA)[-_A-Za-z0-9]{8,}/.test(text) ||
  /\b(bearer|basic)\s+\S|(key|token|secret|passw\w*)["']?\s*[=:\s]\s*\S/i.test(text) ||
  /:\/\/[^/\s]*@|BEGIN [A-Z ]*PRIVATE/.test(text) ||
  /(?=[A-Za-z0-9+_-]*\d)(?=[A-Za-z0-9+_-]*[A-Za-z])[A-Za-z0-9+_]{28,}/.test(text)

/** Whether the value of a variable nobody knows may be repeated: numbers, switches, addresses and paths. */
export const isPlainValue = (name: string, text: string): boolean =>
  !isSecretName(name) &&
  !looksSecret(text) &&
  /^(\d{1,12}(\.\d+)?|true|false|yes|no|on|off|\d+\.\d+\.\d+\.\d+|~?\/[\w./-]{1,80})$/i.test(text)
